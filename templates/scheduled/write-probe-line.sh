#!/bin/sh
# Runs the probe of fleet and keeps its line where osquery and people can read it. The probe only reads; this writes its
# one line, and nothing else. Meant to be started by launchd, systemd or cron, as root.
#
#   write-probe-line [--root DIR]   below DIR, for tests and images
#
# Where the probe gives no line the old one stays: its time tells that it is old. Ends with 0 when written, 1 when not.

set -eu
PATH=/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin
LC_ALL=C
CDPATH=
export PATH LC_ALL CDPATH
umask 022

probe=@@PROBE_FILE@@
line_file=@@LINE_FILE@@
# The same line as a property list, which osquery can read; empty where there is none.
property_list='@@PROPERTY_LIST@@'

temporary=
finish() {
  status=$?
  trap - EXIT HUP INT TERM
  if [ -n "$temporary" ]; then rm -f "$temporary"; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  printf 'write-probe-line: %s\n' "$1" >&2
  exit 1
}

root=
if [ $# -gt 0 ]; then
  if [ $# -ne 2 ] || [ "$1" != --root ] || [ -z "$2" ]; then fail 'the one option is --root DIR.'; fi
  root=$2
elif [ "$(id -u)" -ne 0 ]; then
  fail 'this needs root.'
fi
owner=$(id -u)

line=$("$root$probe" 2>/dev/null | tail -n 1) || true
case $line in
  *[!A-Za-z0-9_.:'|'=/+-]*) fail 'the probe gave something else than a line; the old line stays.' ;;
  FH1\|*\|end) ;;
  *) fail 'the probe gave no line; the old line stays.' ;;
esac
if [ "${#line}" -gt 1500 ]; then fail 'the line of the probe is too long; the old line stays.'; fi

# is_ours FOLDER: a folder of root that nobody else can write to.
is_ours() { [ -n "$(find "$1" -prune -type d -user "$owner" ! -perm -020 ! -perm -002 2>/dev/null)" ]; }

folder=$(dirname "$root$line_file")
if [ ! -e "$folder" ] && [ ! -h "$folder" ]; then mkdir -m 755 "$folder" || fail "$folder cannot be made."; fi
if ! is_ours "$folder"; then fail "$folder is no folder, belongs to somebody else, or others can write to it."; fi

# put FILE: standard input becomes FILE at once, never half.
put() {
  temporary=$(mktemp "$folder/.fleet-XXXXXXXX") || fail "No file can be made in $folder."
  cat >"$temporary" || fail "$1 cannot be written."
  chmod 644 "$temporary" || fail "The rights of $1 cannot be set."
  # Into a folder of that name mv would move it.
  if [ -d "$1" ]; then fail "$1 is a folder."; fi
  mv -f "$temporary" "$1" || fail "$1 cannot be replaced."
  temporary=
}

# What a run that was killed has left.
find "$folder/." ! -name . -prune -type f -name '.fleet-????????' -mtime +0 -exec rm -f {} +
put "$root$line_file" <<FLEET_END
$line
FLEET_END
if [ -n "$property_list" ]; then
  # The characters of the line were looked at above: none of them is markup.
  put "$root$property_list" <<FLEET_END
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>line</key>
	<string>$line</string>
</dict>
</plist>
FLEET_END
fi

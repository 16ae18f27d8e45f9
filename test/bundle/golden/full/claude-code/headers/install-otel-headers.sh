#!/bin/sh
# Puts the headers for telemetry on this Mac or Linux machine, with the helper that Claude Code reads them through.
#
#   install-otel-headers.sh GROUP <headers.txt      the members of GROUP can read the headers
#   install-otel-headers.sh everyone <headers.txt   every local user can
#   install-otel-headers.sh --check [GROUP | everyone]   0: in place · 1: differs · 2: cannot tell
#   --root DIR   below DIR, for packages and images
#
# The client runs the helper as the person who is logged in. Whoever is to send telemetry must be able to read the
# headers, and can then see them: use a token that allows nothing but sending, for each machine if the collector can.
#
# The values are read from standard input, never from arguments, which every local user could list. Give one header on
# each line, `Name: value`, or one JSON object of names and texts. Headers of the policy that are no secret are in this
# script already; all others that the policy names must be given.
#
# Ends with 0 when done, 1 when it failed, 2 when it was called wrongly.

# Functions that are called by a trap or through a variable look unused:
# shellcheck disable=SC2317
set -eu

program=install-otel-headers
helper_file=/usr/local/libexec/fleet/otel-headers
headers_file=/etc/fleet/otel-headers.json
helper_digest=3309595dcfc8731b6e631a9d3b56fa6e607ca9e031972551c6346df58d27435d
policy_digest=e5358a03a0446868277e6b0ebbd19c0388db61b9d78cdc3bbddf45a2a86f1dca

helper() {
  cat <<'FLEET_HELPER'
IyEvYmluL3NoCiMgUHJpbnRzIHRoZSBoZWFkZXJzIHRoYXQgQ2xhdWRlIENvZGUgc2VuZHMgd2l0
aCBpdHMgdGVsZW1ldHJ5ICh0aGUgc2V0dGluZyBvdGVsSGVhZGVyc0hlbHBlcik6IG9uZSBKU09O
IG9iamVjdC4KIwojIFRoZSBjbGllbnQgcnVucyB0aGlzIGFzIHRoZSBwZXJzb24gd2hvIGlzIGxv
Z2dlZCBpbiwgd2hlbiBpdCBzdGFydHMgYW5kIGFib3V0IGV2ZXJ5IGhhbGYgaG91cgojIChodHRw
czovL2NvZGUuY2xhdWRlLmNvbS9kb2NzL2VuL21vbml0b3JpbmctdXNhZ2UsIDIwMjYtMDgtMjIp
LCBhbmQgc2VuZHMgbm8gdGVsZW1ldHJ5IHdoaWxlIGl0IGZhaWxzLiBTbyBpdCBvbmx5IHJlYWRz
CiMgYSBmaWxlLCBhbmQgcHJpbnRzIG5vdGhpbmcgdW5sZXNzIHRoYXQgZmlsZSBpcyBvbmUgdGhh
dCByb290IGFsb25lIGNhbiBoYXZlIHdyaXR0ZW4uIGluc3RhbGwtb3RlbC1oZWFkZXJzLnNoIHdy
aXRlcyBpdC4Kc2V0IC1ldQpQQVRIPS91c3IvYmluOi9iaW46L3Vzci9zYmluOi9zYmluOi9ydW4v
Y3VycmVudC1zeXN0ZW0vc3cvYmluCkxDX0FMTD1DCmV4cG9ydCBQQVRIIExDX0FMTAoKZmlsZT0v
ZXRjL2ZsZWV0L290ZWwtaGVhZGVycy5qc29uCm93bmVyPTAKCmZhaWwoKSB7CiAgcHJpbnRmICdv
dGVsLWhlYWRlcnM6ICVzXG4nICIkMSIgPiYyCiAgZXhpdCAxCn0KCmlmIFsgLWggIiRmaWxlIiBd
OyB0aGVuIGZhaWwgJ3RoZSBoZWFkZXJzIGZpbGUgaXMgYSBzeW1ib2xpYyBsaW5rLic7IGZpCmlm
IFsgISAtZiAiJGZpbGUiIF07IHRoZW4gZmFpbCAndGhlcmUgaXMgbm8gaGVhZGVycyBmaWxlLic7
IGZpCmlmIFsgLXogIiQoZmluZCAiJGZpbGUiIC1wcnVuZSAtdHlwZSBmIC11c2VyICIkb3duZXIi
ICEgLXBlcm0gLTAyMCAhIC1wZXJtIC0wMDIgMj4vZGV2L251bGwpIiBdOyB0aGVuCiAgZmFpbCAn
dGhlIGhlYWRlcnMgZmlsZSBkb2VzIG5vdCBiZWxvbmcgdG8gcm9vdCwgb3Igb3RoZXJzIGNhbiB3
cml0ZSB0byBpdC4nCmZpCmhlYWRlcnM9JChjYXQgIiRmaWxlIiAyPi9kZXYvbnVsbCkgfHwgZmFp
bCAndGhlIGhlYWRlcnMgZmlsZSBjYW5ub3QgYmUgcmVhZCBieSB0aGlzIHVzZXIuJwpjYXNlICRo
ZWFkZXJzIGluCiAgJ3snKid9JykgcHJpbnRmICclc1xuJyAiJGhlYWRlcnMiIDs7CiAgKikgZmFp
bCAndGhlIGhlYWRlcnMgZmlsZSBob2xkcyBubyBKU09OIG9iamVjdC4nIDs7CmVzYWMK
FLEET_HELPER
}

# `Name: value` for a header that is no secret, `Name:` for one that has to be given.
policy() {
  cat <<'FLEET_DATA'
QXV0aG9yaXphdGlvbjoKWC1UZWFtOml0LW9wZXJhdGlvbnMK
FLEET_DATA
}

# ---- Shared by the scripts of this bundle: messages, decoding, folders and files ----

# Nothing but the system's own tools, whoever calls.
PATH=/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin
LC_ALL=C
CDPATH=
export PATH LC_ALL CDPATH
umask 077

root=
work=
temporary=
failed=1
concluded=

say() { printf '%s\n' "$1"; }
warn() { printf '%s: %s\n' "$program" "$1" >&2; }

conclude() {
  concluded=yes
  exit "$1"
}

fail() {
  warn "$1"
  conclude "$failed"
}

finish() {
  status=$?
  trap - EXIT HUP INT TERM
  if [ -n "$temporary" ]; then rm -f "$temporary"; fi
  if [ -n "$work" ]; then rm -rf "$work"; fi
  # A command that ended the script early has answered nothing.
  if [ -z "$concluded" ] && [ "$status" -ne 0 ] && [ "$status" -lt 128 ]; then status=$failed; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Sets root, owner and group from the folder given with --root; without one, only root can do the work.
use_root() {
  if [ -n "$1" ]; then
    root=$(cd -P -- "$1" && pwd) || fail 'The folder given with --root is not there.'
    if [ "$root" = / ]; then root=; fi
  fi
  owner=0
  group=0
  if [ -n "$root" ]; then
    owner=$(id -u)
    group=$(id -g)
  elif [ "$(id -u)" -ne 0 ]; then
    fail 'This needs root: run it with sudo, or from the MDM agent.'
  fi
}

make_work_folder() {
  work=$(mktemp -d) || fail 'No temporary folder can be made.'
}

digest() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <"$1"
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 <"$1"
  else
    openssl dgst -sha256 -r <"$1" 2>/dev/null
  fi | cut -c 1-64
}

same_content() { [ -n "$(digest "$1")" ] && [ "$(digest "$1")" = "$(digest "$2")" ]; }

decode_with() {
  case $1 in
    1) base64 -d ;;
    2) base64 -D ;;
    3) openssl base64 -d ;;
  esac
}

# decode FUNCTION FILE DIGEST: older Macs know another flag than the rest; the digest says which one was right.
decode() {
  for decoder in 1 2 3; do
    if "$1" | decode_with "$decoder" >"$2" 2>/dev/null && [ "$(digest "$2" 2>/dev/null)" = "$3" ]; then return 0; fi
  done
  fail 'The data of this script does not decode to what it should: the script was changed, the disk is full, or base64 and SHA-256 tools are missing.'
}

# Lists of rights beside the mode: only Macs let them give more than the mode shows.
has_access_list() {
  # shellcheck disable=SC2012 # find on a Mac knows nothing of these lists, and our own names hold no line ends
  [ "$(uname -s)" = Darwin ] && [ "$(ls -lde "$1" | wc -l)" -gt 1 ]
}

# is_file PATH MODE: a plain file of ours with exactly these rights.
is_file() { [ -n "$(find "$1" -prune -type f -user "$owner" -perm "$2" 2>/dev/null)" ]; }
is_folder() { [ -n "$(find "$1" -prune -type d -user "$owner" -perm 755 2>/dev/null)" ]; }

# The way to our folder: made where it is missing, refused where others could change it under our feet.
prepare_way() {
  if [ "$1" = / ] || [ "$1" = "$root" ]; then return 0; fi
  prepare_way "$(dirname "$1")"
  # A link on the way may lead out of --root; without it, /etc of a Mac is one.
  if [ -n "$root" ] && [ -h "$1" ]; then fail "$1 is a symbolic link."; fi
  if [ -d "$1" ]; then
    if [ -z "$(find -H "$1" -prune -type d -user "$owner" ! -perm -002 2>/dev/null)" ]; then
      fail "$1 belongs to somebody else, or everybody can write to it."
    fi
  else
    mkdir -m 755 "$1" || fail "$1 cannot be made."
  fi
}

prepare_folder() {
  prepare_way "$(dirname "$1")"
  if [ -h "$1" ]; then fail "$1 is a symbolic link."; fi
  if [ ! -e "$1" ]; then mkdir -m 755 "$1" || fail "$1 cannot be made."; fi
  if [ -z "$(find "$1" -prune -type d -user "$owner" 2>/dev/null)" ]; then
    fail "$1 is no folder, or belongs to somebody else."
  fi
  if has_access_list "$1"; then fail "$1 has an access control list: look at it (ls -le), then remove it (chmod -N)."; fi
  chmod 755 "$1" || fail "The rights of $1 cannot be set."
}

refuse_strange_file() {
  if [ -h "$1" ]; then fail "$1 is a symbolic link."; fi
  if [ -e "$1" ] && [ ! -f "$1" ]; then fail "$1 is no plain file."; fi
}

# replace_file CONTENT TARGET MODE GROUP: the old file stays whole until the new one is complete beside it.
replace_file() {
  refuse_strange_file "$2"
  # What a run that was killed has left.
  find "$(dirname "$2")/." ! -name . -prune -type f -name '.fleet-????????' -mtime +0 -exec rm -f {} +
  temporary=$(mktemp "$(dirname "$2")/.fleet-XXXXXXXX") || fail "No file can be made beside $2."
  cat "$1" >"$temporary" || fail "$2 cannot be written: nothing was changed."
  same_content "$1" "$temporary" || fail "$2 cannot be written whole: nothing was changed."
  chown "$owner:$4" "$temporary" || fail "The owner or group of $2 cannot be set: nothing was changed."
  chmod "$3" "$temporary" || fail "The rights of $2 cannot be set: nothing was changed."
  if has_access_list "$temporary"; then fail "New files beside $2 get an access control list: nothing was changed."; fi
  # Where sync takes no file it writes back everything.
  sync "$temporary" 2>/dev/null || sync
  mv -f "$temporary" "$2" || fail "$2 cannot be replaced: nothing was changed."
  temporary=
}

# ---- End of the shared part ----

usage() {
  printf 'usage: %s GROUP|everyone [--root DIR] <HEADERS\n       %s --check [GROUP|everyone] [--root DIR]\n' \
    "$program" "$program" >&2
  conclude 2
}

# read_headers POLICY GIVEN: the headers of both files as one JSON object (-: standard input); what is given counts first.
# Fails with a fixed text: a value must not turn up in a log.
read_headers() {
  awk -v policy="$1" '
    function refuse(text) { print "install-otel-headers: " text | "cat >&2"; close("cat >&2"); failed = 1; exit 1 }
    function add(name, value,    folded, text, i, c) {
      if (name == "" || length(name) > 100 || name !~ /^[A-Za-z0-9!#$%&\047*+.^_`|~-]+$/)
        refuse("a header name holds a character that HTTP does not allow.")
      sub(/^[ \t]+/, "", value)
      sub(/[ \t]+$/, "", value)
      if (value == "") refuse("a header has no value.")
      if (length(value) > 8192 || value ~ /[^ -~]/) refuse("a header value is not visible ASCII, or is too long.")
      folded = tolower(name)
      if (folded in known) refuse("a header is given twice.")
      known[folded] = 1
      text = ""
      for (i = 1; i <= length(value); i++) {
        c = substr(value, i, 1)
        text = text (c == "\"" || c == "\\" ? "\\" c : c)
      }
      list = list (list == "" ? "" : ", ") "\"" name "\": \"" text "\""
    }
    function blank(   c) {
      while (at <= size) {
        c = substr(whole, at, 1)
        if (c != " " && c != "\t" && c != "\n" && c != "\r") return
        at++
      }
    }
    function expect(c) {
      blank()
      if (substr(whole, at, 1) != c) refuse("the JSON is not one object of names and texts.")
      at++
    }
    function string(   c, text) {
      expect("\"")
      text = ""
      while (at <= size) {
        c = substr(whole, at++, 1)
        if (c == "\"") return text
        if (c == "\\") {
          c = substr(whole, at++, 1)
          if (c != "\"" && c != "\\" && c != "/") refuse("the JSON holds an escape that no header value needs.")
        }
        text = text c
      }
      refuse("the JSON is not one object of names and texts.")
    }
    function read_object(   name) {
      at = 1
      size = length(whole)
      expect("{")
      do {
        name = string()
        expect(":")
        add(name, string())
        blank()
      } while (substr(whole, at++, 1) == ",")
      at--
      expect("}")
      blank()
      if (at <= size) refuse("there is more than one JSON object.")
    }
    function read_lines(   count, lines, i, colon) {
      count = split(whole, lines, "\n")
      for (i = 1; i <= count; i++) {
        sub(/\r$/, "", lines[i])
        if (lines[i] ~ /^[ \t]*$/) continue
        colon = index(lines[i], ":")
        if (colon == 0) refuse("a line is no header: write Name: value.")
        add(substr(lines[i], 1, colon - 1), substr(lines[i], colon + 1))
      }
    }
    { whole = whole $0 "\n"; if (length(whole) > 65536) refuse("this is more than headers can be.") }
    END {
      if (failed) exit 1
      if (whole ~ /^[ \t\r\n]*\{/) read_object()
      else read_lines()
      while ((getline line < policy) > 0) {
        colon = index(line, ":")
        name = substr(line, 1, colon - 1)
        value = substr(line, colon + 1)
        if (tolower(name) in known) continue
        if (value == "") refuse("a header that the policy names is not given: " name)
        add(name, value)
      }
      if (list == "") refuse("no header is given.")
      print "{" list "}"
    }
  ' "$2"
}

mode=install
readers=
root_folder=
while [ $# -gt 0 ]; do
  case $1 in
    --check) mode=check ;;
    --root)
      if [ $# -lt 2 ] || [ -z "$2" ]; then usage; fi
      root_folder=$2
      shift
      ;;
    '' | -* | *:* | *[!\ -~]*) usage ;;
    *)
      if [ -n "$readers" ]; then usage; fi
      readers=$1
      ;;
  esac
  shift
done

if [ "$mode" = check ]; then failed=2; fi
if [ "$mode" = install ] && [ -z "$readers" ]; then usage; fi
use_root "$root_folder"
helper_target=$root$helper_file
headers_target=$root$headers_file
helper_folder=$(dirname "$helper_target")
headers_folder=$(dirname "$headers_target")

make_work_folder
decode helper "$work/helper" "$helper_digest"
decode policy "$work/policy" "$policy_digest"

has_readers() {
  case $readers in
    '') is_file "$headers_target" 644 || is_file "$headers_target" 640 ;;
    everyone) is_file "$headers_target" 644 ;;
    *) is_file "$headers_target" 640 && [ -n "$(find "$headers_target" -prune -group "$readers" 2>/dev/null)" ] ;;
  esac
}

case $mode in
  check)
    if [ -f "$headers_target" ] && [ ! -r "$headers_target" ]; then fail "$headers_target cannot be read."; fi
    if ! is_folder "$helper_folder" || ! is_file "$helper_target" 755; then
      say 'differs: the helper is not there, or not with its owner and rights'
    elif ! same_content "$helper_target" "$work/helper"; then
      say 'differs: another helper'
    elif ! is_folder "$headers_folder" || ! has_readers; then
      say 'differs: the headers file is not there, or not with its owner, group and rights'
    elif ! read_headers "$work/policy" "$headers_target" >"$work/headers" 2>/dev/null; then
      say 'differs: the headers file does not hold the headers of the policy'
    elif ! same_content "$headers_target" "$work/headers"; then
      say 'differs: the headers file was not written by this script'
    elif has_access_list "$headers_target" || has_access_list "$helper_target"; then
      fail 'An access control list may give others more rights.'
    else
      say 'in place'
      conclude 0
    fi
    conclude 1
    ;;
  install)
    if [ -t 0 ]; then fail 'The headers are read from standard input: give a file, or the output of your secret store.'; fi
    read_headers "$work/policy" - >"$work/headers" || conclude 1
    if [ "$readers" = everyone ]; then
      warn 'Warning: every local user can read these headers.'
      rights=644
      readers_group=$group
    else
      rights=640
      readers_group=$readers
    fi
    if is_folder "$headers_folder" && has_readers && same_content "$headers_target" "$work/headers"; then
      say "unchanged: $headers_target"
    else
      prepare_folder "$headers_folder"
      replace_file "$work/headers" "$headers_target" "$rights" "$readers_group"
      say "installed: $headers_target"
    fi
    # The helper comes last: a client that finds it finds its headers.
    if is_folder "$helper_folder" && is_file "$helper_target" 755 && same_content "$helper_target" "$work/helper"; then
      say "unchanged: $helper_target"
    else
      prepare_folder "$helper_folder"
      replace_file "$work/helper" "$helper_target" 755 "$group"
      say "installed: $helper_target"
    fi
    ;;
esac
conclude 0

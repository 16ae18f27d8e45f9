#!/bin/sh
# Puts the managed settings of Claude Code on this machine (linux), as a file.
#
# Read by Claude Code in the terminal, in VS Code and JetBrains, by the Agent SDK, and by local sessions in the Code tab
# of Claude Desktop (https://code.claude.com/docs/en/managed-settings, 2026-08-22). Cowork sessions in the cloud never
# read it. Settings from the admin console come first, then a configuration profile (Mac): where one of them carries
# any policy, clients leave this file aside.
#
# Running clients take up most changes by themselves. Telemetry is set up once: it changes when a client is started
# again, so close running sessions after the first installation and after each change of telemetry.
#
# The settings are the block of base64 below. Nothing of them is ever part of a command.
#
#   install-claude-code-settings.sh               install, or bring up to date; says "unchanged" where all is in place
#   install-claude-code-settings.sh --check       0: in place · 1: differs · 2: cannot tell
#   install-claude-code-settings.sh --uninstall   removes the file if it is the one this script writes
#   --drop-in     managed-settings.d/50-fleet.json, beside settings of others (Claude Code 2.1.83 or later); the calls
#                 above are for that file only with it, and for managed-settings.json only without it
#   --root DIR    below DIR, for packages and images. The serial number and the host name of the machine that builds
#                 an image are not those of the machine it runs on: there they come from FLEET_SERIAL and FLEET_HOSTNAME.
#
# Products that run scripts without arguments: in a copy of this file, add a line such as
#   set -- --uninstall
# below the first one. What Jamf Pro hands to every script (mount point, computer name, user name, then parameters 4 to
# 11, empty ones too) is understood as it is: write --uninstall into parameter 4.
#
# Ends with 0 when done, 1 when it failed, 2 when it was called wrongly.

# Functions that are called by a trap or through a variable look unused:
# shellcheck disable=SC2317
set -eu

program=install-claude-code-settings
platform=linux
settings_folder='/etc/claude-code'
settings_digest=9c0602a20318f950a9e239d47504be5161772d496dc8170c41f3e7990ddba267
# The line of the settings with the resource attributes to fill in here; 0: there are none.
attributes_line=24

settings() {
  cat <<'FLEET_DATA'
ewogICJyZXF1aXJlZE1pbmltdW1WZXJzaW9uIjogIjIuMS4yNDAiLAogICJyZXF1aXJlZE1heGlt
dW1WZXJzaW9uIjogIjIuOS4wIiwKICAiZW52IjogewogICAgIkNMQVVERV9DT0RFX0VOQUJMRV9U
RUxFTUVUUlkiOiAiMSIsCiAgICAiT1RFTF9NRVRSSUNTX0VYUE9SVEVSIjogIm90bHAiLAogICAg
Ik9URUxfTE9HU19FWFBPUlRFUiI6ICJvdGxwIiwKICAgICJPVEVMX1RSQUNFU19FWFBPUlRFUiI6
ICJvdGxwIiwKICAgICJDTEFVREVfQ09ERV9FTkhBTkNFRF9URUxFTUVUUllfQkVUQSI6ICIxIiwK
ICAgICJPVEVMX0VYUE9SVEVSX09UTFBfUFJPVE9DT0wiOiAiaHR0cC9wcm90b2J1ZiIsCiAgICAi
T1RFTF9FWFBPUlRFUl9PVExQX0VORFBPSU5UIjogImh0dHBzOi8vb3RlbC5hY21lLmV4YW1wbGU6
NDMxOCIsCiAgICAiTk9ERV9FWFRSQV9DQV9DRVJUUyI6ICIvZXRjL3NzbC9hY21lLWNhLnBlbSIs
CiAgICAiT1RFTF9NRVRSSUNfRVhQT1JUX0lOVEVSVkFMIjogIjEyMDAwMCIsCiAgICAiT1RFTF9M
T0dTX0VYUE9SVF9JTlRFUlZBTCI6ICIxMDAwMCIsCiAgICAiT1RFTF9UUkFDRVNfRVhQT1JUX0lO
VEVSVkFMIjogIjEwMDAwIiwKICAgICJPVEVMX01FVFJJQ1NfSU5DTFVERV9WRVJTSU9OIjogInRy
dWUiLAogICAgIk9URUxfTE9HX1RPT0xfREVUQUlMUyI6ICIxIiwKICAgICJPVEVMX0xPR19VU0VS
X1BST01QVFMiOiAiMCIsCiAgICAiT1RFTF9MT0dfQVNTSVNUQU5UX1JFU1BPTlNFUyI6ICIwIiwK
ICAgICJPVEVMX0xPR19UT09MX0NPTlRFTlQiOiAiMCIsCiAgICAiT1RFTF9MT0dfUkFXX0FQSV9C
T0RJRVMiOiAiMCIsCiAgICAiRU5BQkxFX0JFVEFfVFJBQ0lOR19ERVRBSUxFRCI6ICIwIiwKICAg
ICJPVEVMX0xPR19NQU5BR0VEX1NFVFRJTkdTIjogIjEiLAogICAgIk9URUxfUkVTT1VSQ0VfQVRU
UklCVVRFUyI6ICJjb3N0LmNlbnRlcj00NzExJTJDJTIwRmllbGQlMjBPcHMlMjAlM0QlMjA1MCUy
MCUyNSxlbmRwb2ludC5ob3N0bmFtZT17e0ZsZWV0SG9zdG5hbWV9fSxlbmRwb2ludC5zZXJpYWw9
e3tGbGVldFNlcmlhbH19LGVudmlyb25tZW50PXByb2QsZmxlZXQucG9saWN5PWQ2OGE4OTgzMjcy
ZGQ0NTIscmVnaW9uPVolQzMlQkNyaWNoIgogIH0sCiAgIm90ZWxIZWFkZXJzSGVscGVyIjogIi91
c3IvbG9jYWwvbGliZXhlYy9mbGVldC9vdGVsLWhlYWRlcnMiLAogICJwZXJtaXNzaW9ucyI6IHsK
ICAgICJhbGxvdyI6IFsKICAgICAgIkJhc2gobnBtIHJ1biB0ZXN0ICopIgogICAgXSwKICAgICJh
c2siOiBbCiAgICAgICJXZWJGZXRjaCIKICAgIF0sCiAgICAiZGVueSI6IFsKICAgICAgIlJlYWQo
Ly8qKi8uZW52KSIsCiAgICAgICJCYXNoKGN1cmwgKikiCiAgICBdLAogICAgImRpc2FibGVCeXBh
c3NQZXJtaXNzaW9uc01vZGUiOiAiZGlzYWJsZSIsCiAgICAiZGlzYWJsZUF1dG9Nb2RlIjogImRp
c2FibGUiLAogICAgImRlZmF1bHRNb2RlIjogInBsYW4iCiAgfSwKICAiYWxsb3dNYW5hZ2VkUGVy
bWlzc2lvblJ1bGVzT25seSI6IHRydWUsCiAgImhvb2tzIjogewogICAgIlByZVRvb2xVc2UiOiBb
CiAgICAgIHsKICAgICAgICAibWF0Y2hlciI6ICIqIiwKICAgICAgICAiaG9va3MiOiBbCiAgICAg
ICAgICB7CiAgICAgICAgICAgICJ0eXBlIjogImNvbW1hbmQiLAogICAgICAgICAgICAiY29tbWFu
ZCI6ICIvdXNyL2xvY2FsL2xpYmV4ZWMvZmxlZXQtaG9vayIsCiAgICAgICAgICAgICJ0aW1lb3V0
IjogMjAKICAgICAgICAgIH0KICAgICAgICBdCiAgICAgIH0KICAgIF0sCiAgICAiUG9zdFRvb2xV
c2UiOiBbCiAgICAgIHsKICAgICAgICAibWF0Y2hlciI6ICJCYXNofEVkaXQiLAogICAgICAgICJo
b29rcyI6IFsKICAgICAgICAgIHsKICAgICAgICAgICAgInR5cGUiOiAiY29tbWFuZCIsCiAgICAg
ICAgICAgICJjb21tYW5kIjogIi91c3IvbG9jYWwvbGliZXhlYy9mbGVldC1ob29rIgogICAgICAg
ICAgfQogICAgICAgIF0KICAgICAgfQogICAgXSwKICAgICJTZXNzaW9uU3RhcnQiOiBbCiAgICAg
IHsKICAgICAgICAiaG9va3MiOiBbCiAgICAgICAgICB7CiAgICAgICAgICAgICJ0eXBlIjogImh0
dHAiLAogICAgICAgICAgICAidXJsIjogImh0dHBzOi8vcG9saWN5LmFjbWUuZXhhbXBsZS9zZXNz
aW9uIgogICAgICAgICAgfQogICAgICAgIF0KICAgICAgfQogICAgXQogIH0sCiAgImFsbG93TWFu
YWdlZEhvb2tzT25seSI6IHRydWUsCiAgImV4dHJhS25vd25NYXJrZXRwbGFjZXMiOiB7CiAgICAi
YWNtZSI6IHsKICAgICAgInNvdXJjZSI6IHsKICAgICAgICAic291cmNlIjogImdpdGh1YiIsCiAg
ICAgICAgInJlcG8iOiAiYWNtZS9jbGF1ZGUtcGx1Z2lucyIsCiAgICAgICAgInJlZiI6ICJ2Mi4x
LjAiCiAgICAgIH0sCiAgICAgICJhdXRvVXBkYXRlIjogZmFsc2UKICAgIH0sCiAgICAidG9vbHMi
OiB7CiAgICAgICJzb3VyY2UiOiB7CiAgICAgICAgInNvdXJjZSI6ICJnaXQiLAogICAgICAgICJ1
cmwiOiAiaHR0cHM6Ly9naXQuYWNtZS5leGFtcGxlL3Rvb2xzLmdpdCIKICAgICAgfQogICAgfQog
IH0sCiAgInN0cmljdEtub3duTWFya2V0cGxhY2VzIjogWwogICAgewogICAgICAic291cmNlIjog
ImdpdGh1YiIsCiAgICAgICJyZXBvIjogImFjbWUvY2xhdWRlLXBsdWdpbnMiLAogICAgICAicmVm
IjogInYyLjEuMCIKICAgIH0sCiAgICB7CiAgICAgICJzb3VyY2UiOiAiZ2l0IiwKICAgICAgInVy
bCI6ICJodHRwczovL2dpdC5hY21lLmV4YW1wbGUvdG9vbHMuZ2l0IgogICAgfQogIF0sCiAgImVu
YWJsZWRQbHVnaW5zIjogewogICAgInNhbGVzQGFjbWUiOiB0cnVlCiAgfSwKICAiYWxsb3dlZE1j
cFNlcnZlcnMiOiBbCiAgICB7CiAgICAgICJzZXJ2ZXJVcmwiOiAiaHR0cHM6Ly9tY3AuYWNtZS5l
eGFtcGxlLyoiCiAgICB9LAogICAgewogICAgICAic2VydmVyQ29tbWFuZCI6IFsKICAgICAgICAi
bnB4IiwKICAgICAgICAiLXkiLAogICAgICAgICJAYWNtZS9tY3AiCiAgICAgIF0KICAgIH0KICBd
LAogICJkZW5pZWRNY3BTZXJ2ZXJzIjogWwogICAgewogICAgICAic2VydmVyTmFtZSI6ICJ1bnNh
ZmUiCiAgICB9CiAgXSwKICAiYWxsb3dNYW5hZ2VkTWNwU2VydmVyc09ubHkiOiB0cnVlLAogICJj
bGVhbnVwUGVyaW9kRGF5cyI6IDE0LAogICJjb21wYW55QW5ub3VuY2VtZW50cyI6IFsKICAgICJB
c2sgaXRAYWNtZS5leGFtcGxlIGJlZm9yZSB5b3UgYWRkIGEgc2VydmVyLiIKICBdCn0K
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
  printf 'usage: %s [--check | --uninstall] [--drop-in] [--root DIR]\n' "$program" >&2
  conclude 2
}

# The serial number of the whole machine. Boards and chassis have their own, which inventories do not know.
read_serial() {
  if [ -n "${FLEET_SERIAL+set}" ]; then
    printf '%s\n' "$FLEET_SERIAL"
  elif [ -n "$root" ]; then
    return 0
  elif [ "$platform" = macos ]; then
    ioreg -rd1 -c IOPlatformExpertDevice 2>/dev/null | sed -n 's/.*"IOPlatformSerialNumber" = "\([^"]*\)".*/\1/p'
  elif [ -r /sys/class/dmi/id/product_serial ]; then
    cat /sys/class/dmi/id/product_serial
  elif [ -r /proc/device-tree/serial-number ]; then
    tr -d '\000' </proc/device-tree/serial-number
  elif [ -r /sys/devices/soc0/serial_number ]; then
    cat /sys/devices/soc0/serial_number
  fi
}

read_hostname() {
  if [ -n "${FLEET_HOSTNAME+set}" ]; then
    printf '%s\n' "$FLEET_HOSTNAME"
  elif [ -n "$root" ]; then
    return 0
  elif [ "$platform" = macos ]; then
    # The name that inventories show first; with blanks in it, the one that the network knows.
    name=$(scutil --get ComputerName 2>/dev/null || :)
    case $name in
      '' | *[!A-Za-z0-9._-]*) scutil --get LocalHostName 2>/dev/null || uname -n ;;
      *) printf '%s\n' "$name" ;;
    esac
  else
    uname -n
  fi
}

# usable TEXT: the text, if it can name one machine and stands in a list of attributes as it is; otherwise nothing.
usable() {
  value=$(printf '%s\n' "$1" | sed -n '1{s/^[[:blank:]]*//;s/[[:space:]]*$//;p;}')
  if [ "${#value}" -lt 2 ] || [ "${#value}" -gt 64 ]; then return 0; fi
  case $value in *[!A-Za-z0-9._-]*) return 0 ;; esac
  # What firmware, virtual machines and systems without a name say instead of one.
  folded=$(printf '%s' "$value" | tr '[:lower:]' '[:upper:]')
  case $folded in
    DEFAULT | DEFAULTSTRING | TOBEFILLEDBYO.E.M. | TOBEFILLEDBYOEM | O.E.M. | OEM) return 0 ;;
    SYSTEMSERIALNUMBER | CHASSISSERIALNUMBER | BASEBOARDSERIALNUMBER | SERIALNUMBER) return 0 ;;
    NOTSPECIFIED | NOTAPPLICABLE | NOTAVAILABLE | NOASSETINFORMATION | INVALID | EMPTY | NONE | NULL) return 0 ;;
    UNKNOWN | NA | TBD | TEST | VMWARE | PARALLELS | VIRTUALBOX | QEMU | -1) return 0 ;;
    1234567 | 12345678 | 123456789 | 0123456789 | 1234567890) return 0 ;;
    03000200-0400-0500-0006-000700080009 | 12345678-1234-5678-90AB-CDDEEFAABBCC) return 0 ;;
    FEFEFEFE-FEFE-FEFE-FEFE-FEFEFEFEFEFE) return 0 ;;
    LOCALHOST | LOCALHOST.LOCALDOMAIN | LOCALHOST.LOCAL) return 0 ;;
  esac
  # One character over and over: 000000, FFFFFFFF-FFFF, XXXXXXX, ......, 99999.
  bare=$(printf '%s' "$folded" | tr -d '-')
  for filler in 0 F X .; do
    if [ -z "$(printf '%s' "$bare" | tr -d "$filler")" ]; then return 0; fi
  done
  case $bare in
    99999*) if [ -z "$(printf '%s' "$bare" | tr -d 9)" ]; then return 0; fi ;;
  esac
  printf '%s\n' "$value"
}

# fill_in FROM TO: the values of this machine take the places kept for them. An attribute without a value is left out:
# an empty one, or the name of the place, would look like a machine.
fill_in() {
  if [ "$attributes_line" -eq 0 ]; then
    cat "$1" >"$2"
    return
  fi
  serial=
  hostname=
  attributes=$(sed -n "${attributes_line}p" "$1")
  case $attributes in
    *'={{FleetSerial}}'*)
      serial=$(usable "$(read_serial)")
      if [ -z "$serial" ]; then warn 'No usable serial number here: that resource attribute is left out.'; fi
      ;;
  esac
  case $attributes in
    *'={{FleetHostname}}'*)
      hostname=$(usable "$(read_hostname)")
      if [ -z "$hostname" ]; then warn 'No usable host name here: that resource attribute is left out.'; fi
      ;;
  esac
  awk -v line="$attributes_line" -v serial="$serial" -v hostname="$hostname" '
    function filled(entry, place, value,    at) {
      at = length(entry) - length(place) + 1
      if (at < 1 || substr(entry, at) != place) return entry
      return value == "" ? "" : substr(entry, 1, at - 1) "=" value
    }
    NR != line { print; next }
    {
      start = index($0, "\": \"") + 4
      end = substr($0, length($0)) == "," ? "\"," : "\""
      count = split(substr($0, start, length($0) - start + 1 - length(end)), entries, ",")
      list = ""
      for (i = 1; i <= count; i++) {
        entry = filled(filled(entries[i], "={{FleetSerial}}", serial), "={{FleetHostname}}", hostname)
        if (entry != "") list = list (list == "" ? "" : ",") entry
      }
      print substr($0, 1, start - 1) list end
    }
  ' "$1" >"$2"
}

# Mount point, computer name and user name, as Jamf Pro gives them. No call of ours begins with a slash.
if [ $# -ge 3 ] && [ "$1" = / ]; then shift 3; fi
mode=install
drop_in=
root_folder=
while [ $# -gt 0 ]; do
  case $1 in
    --check | --uninstall)
      if [ "$mode" != install ]; then usage; fi
      mode=${1#--}
      ;;
    --drop-in) drop_in=yes ;;
    --root)
      if [ $# -lt 2 ] || [ -z "$2" ]; then usage; fi
      root_folder=$2
      shift
      ;;
    '') ;;
    *) usage ;;
  esac
  shift
done

if [ "$mode" = check ]; then failed=2; fi
use_root "$root_folder"
base=$root$settings_folder
folder=$base
file=$folder/managed-settings.json
other=$base/managed-settings.d/50-fleet.json
how_to_reach_it='with --drop-in as well'
if [ -n "$drop_in" ]; then
  folder=$base/managed-settings.d
  other=$file
  how_to_reach_it='without --drop-in'
  file=$folder/50-fleet.json
fi

make_work_folder
decode settings "$work/decoded" "$settings_digest"
fill_in "$work/decoded" "$work/wanted" || fail 'The settings cannot be filled in.'
[ -s "$work/wanted" ] || fail 'The settings cannot be filled in.'

is_in_place() {
  is_folder "$base" && is_folder "$folder" && is_file "$file" 644 && same_content "$file" "$work/wanted"
}

# What was asked is about one of two files, and clients read both.
warn_of_other() {
  if [ ! -e "$other" ] && [ ! -h "$other" ]; then return 0; fi
  if [ ! -h "$other" ] && same_content "$other" "$work/wanted"; then
    warn "$other is there too, with the same settings: call this script $how_to_reach_it for that file."
  else
    warn "$other is there too, with settings that this script does not write; clients read both files."
  fi
}

case $mode in
  check)
    warn_of_other
    if is_in_place; then
      if has_access_list "$file" || has_access_list "$folder"; then
        fail 'An access control list may let others write to the settings.'
      fi
      say 'in place'
      conclude 0
    fi
    if [ -f "$file" ] && [ ! -r "$file" ]; then fail "$file cannot be read."; fi
    if [ ! -e "$file" ] && [ ! -h "$file" ]; then
      say 'differs: not there'
    elif [ -h "$base" ] || [ -h "$folder" ] || [ -h "$file" ]; then
      say 'differs: a symbolic link'
    elif ! same_content "$file" "$work/wanted"; then
      say 'differs: other settings'
    else
      say 'differs: owner or rights'
    fi
    conclude 1
    ;;
  uninstall)
    warn_of_other
    if [ -h "$base" ] || [ -h "$folder" ]; then fail "$folder is a symbolic link."; fi
    refuse_strange_file "$file"
    if [ ! -e "$file" ]; then
      say 'unchanged: not there'
    elif same_content "$file" "$work/wanted"; then
      rm -f "$file" || fail "$file cannot be removed."
      say "removed: $file"
    else
      fail "$file is not the file that this script writes: it is left as it is."
    fi
    ;;
  install)
    if is_in_place && ! has_access_list "$folder"; then
      say "unchanged: $file"
      conclude 0
    fi
    prepare_folder "$base"
    if [ "$folder" != "$base" ]; then prepare_folder "$folder"; fi
    replace_file "$work/wanted" "$file" 644 "$group"
    is_in_place || fail "$file is not what was written."
    say "installed: $file"
    say 'Start Claude Code again: telemetry is set up when a client starts.'
    ;;
esac
conclude 0

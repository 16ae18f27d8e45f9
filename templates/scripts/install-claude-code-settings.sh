#!/bin/sh
# Puts the managed settings of Claude Code on this machine (@@PLATFORM@@), as a file.
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
platform=@@PLATFORM@@
settings_folder='@@SETTINGS_FOLDER@@'
settings_digest=@@SETTINGS_DIGEST@@
# The line of the settings with the resource attributes to fill in here; 0: there are none.
attributes_line=@@ATTRIBUTES_LINE@@

settings() {
  cat <<'FLEET_DATA'
@@SETTINGS@@
FLEET_DATA
}

@@PART endpoint-files.sh@@

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

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

# ---- Files of hooks, and telemetry headers ----

# resolve PATH: sets file to what it leads to, at most five links on, and way to all the folders that were passed. Fails with
# problem set to missing or unread.
resolve() {
  file=$1
  way=
  links=0
  problem=
  while :; do
    add_way "$file"
    if [ ! -h "$root$file" ]; then break; fi
    links=$((links + 1))
    if [ "$links" -gt 5 ]; then
      problem=unread
      return 1
    fi
    found=$(readlink "$root$file") || {
      problem=unread
      return 1
    }
    case $found in
      "$root"/*) file=${found#"$root"} ;;
      /*) file=$found ;;
      *) file=${file%/*}/$found ;;
    esac
  done
  if [ -e "$root$file" ]; then return 0; fi
  problem=missing
  folder=${file%/*}
  while [ -n "$folder" ] && [ ! -e "$root$folder" ]; do folder=${folder%/*}; done
  if [ ! -x "$root$folder/" ]; then problem=unread; fi
  return 1
}

add_way() {
  folder=${1%/*}
  while [ -n "$folder" ]; do
    way=$way$root$folder$newline
    folder=${folder%/*}
  done
  way=$way$root/$newline
}

# By owner, group and mode: whether somebody who is no administrator can change it.
is_open() {
  if [ "$owner" != "$administrator_id" ]; then return 0; fi
  case $mode in
    ???[2367]) return 0 ;;
    ??[2367]?)
      if [ "$group" = 0 ] || { [ "$platform" = macos ] && [ "$group" = 80 ]; }; then return 1; fi
      return 0
      ;;
  esac
  return 1
}

# Whether a folder on the way is open; a sticky bit lets only owners replace what is in it.
has_open_way() {
  # shellcheck disable=SC2086 # one argument for each line
  for seen in $(stat -L "$look_flag" "$look_form" $way 2>/dev/null); do
    read_look "$seen"
    case $owner$mode in
      "$administrator_id"[1357]???) continue ;;
    esac
    if is_open; then return 0; fi
  done
  return 1
}

is_executable_file() {
  if [ ! -f "$root$1" ] || ! look "$root$1"; then return 1; fi
  case $mode in
    ?[1357][1357][1357]) return 0 ;;
  esac
  return 1
}

look_at_hooks() {
  good=0
  required=0
  problems=
  hooks_changed=
  for hook in $(wanted_of hook); do
    required=$((required + 1))
    if resolve "$hook"; then
      if look "$root$file"; then
        latest_of "$hooks_changed" "$modified"
        hooks_changed=$latest
      fi
      if ! is_executable_file "$file"; then
        problem=not-executable
      elif is_open || has_open_way; then
        problem=writable
      else
        good=$((good + 1))
        continue
      fi
    fi
    problems="$problems+$problem"
  done
  list=
  for problem in missing not-executable writable unread; do
    case $problems+ in
      *"+$problem+"*) list=$list+$problem ;;
    esac
  done
  if [ -z "$list" ]; then list=+no; fi
  printf 'hooks\t%s/%s\nhookbad\t%s\n' "$good" "$required" "${list#+}"
  if [ -n "$hooks_changed" ]; then printf 'hookt\t%s\n' "$hooks_changed"; fi
}

look_at_credential() {
  if ! wants credential; then
    printf 'cred\tnot-needed\n'
    return
  fi
  case $(said_of helper) in
    no) printf 'cred\tnot-needed\n' ;;
    yes)
      if ! resolve "$(wanted_of helper)" || ! is_executable_file "$file"; then
        if [ "$problem" != unread ]; then printf 'cred\tno-helper\n'; fi
      elif resolve "$(wanted_of headers)"; then
        printf 'cred\tok\n'
      elif [ "$problem" != unread ]; then
        printf 'cred\tno-file\n'
      fi
      ;;
    *) if [ "$(said_of winner)" = none ]; then printf 'cred\tnot-needed\n'; fi ;;
  esac
}


# ---- What administrators put there ----

case $platform in
  macos) settings_folder="$root/Library/Application Support/ClaudeCode" ;;
  *) settings_folder=$root/etc/claude-code ;;
esac

# Says where settings stand; adds the place and the file, or the state in its stead, to the arguments of the reader.
add_settings() {
  place=$1
  file=$2
  content=$2
  if look "$file"; then
    if [ "$place" != server ]; then
      latest_of "$changed" "$modified"
      changed=$latest
    fi
    if ! is_plain_file "$file" || [ ! -r "$file" ] || [ "$size" -gt 1048576 ]; then
      content=unread
    elif [ "$place" = plist ]; then
      content=/dev/stdin
      property_list=$(plutil -convert json -o - -- "$file" 2>/dev/null)
      if [ -z "$property_list" ]; then
        content=broken
        if ! command -v plutil >/dev/null || plutil -lint -- "$file" >/dev/null 2>&1; then content=unread; fi
      fi
    elif [ "$(tr -d '\000' <"$file" | digest)" != "$(digest <"$file")" ]; then
      # Not every awk sees what lies behind a NUL.
      content=broken
    fi
  else
    content=unread
  fi
  places=$places$place$newline$content$newline
  files=$files$place$tab$file$newline
}

add_unread() {
  places=$places$1${newline}unread$newline
  files=$files$1$tab$2$newline
}

# add_drop_ins FOLDER: one that cannot be listed may hold anything.
add_drop_ins() {
  if [ ! -d "$1" ]; then return; fi
  if [ -h "$1" ] || [ ! -r "$1" ] || [ ! -x "$1" ]; then
    add_unread dropin "$1"
    return
  fi
  set +f
  for file in "$1"/*.json; do
    if exists "$file" && ! has_strange_name "$file"; then add_settings dropin "$file"; fi
  done
  set -f
}

look_at_settings() {
  changed=
  places=
  files=
  property_list=
  for user in $users; do
    set_user "$user"
    file=$home/.claude/remote-settings.json
    if has_file .claude/remote-settings.json; then
      case $(awk "$json_reader$plugin_words$settings_reader" server "$file") in
        *server:empty*) ;;
        *)
          add_settings server "$file"
          break
          ;;
      esac
    fi
  done
  if [ "$platform" = macos ]; then
    file="$root/Library/Managed Preferences/com.anthropic.claudecode.plist"
    for user in $users; do
      if exists "$file"; then break; fi
      file="$root/Library/Managed Preferences/${user##*/}/com.anthropic.claudecode.plist"
    done
    if exists "$file"; then add_settings plist "$file"; fi
  fi
  if exists "$settings_folder/managed-settings.json"; then
    add_settings file "$settings_folder/managed-settings.json"
  elif [ -d "$settings_folder" ] && [ ! -x "$settings_folder" ]; then
    add_unread file "$settings_folder/managed-settings.json"
    add_unread dropin "$settings_folder/managed-settings.d"
  fi
  add_drop_ins "$settings_folder/managed-settings.d"
  hooks_wanted=0
  if wants hooks; then hooks_wanted=1; fi
  # shellcheck disable=SC2086 # one argument for each line
  said=$(printf '%s\n' "$property_list" | FLEET_HOOKS=$hooks_wanted FLEET_PLUGINS=$(wanted_of plugin) \
    awk "$json_reader$plugin_words$settings_reader" $places)
  for row in $said; do
    case $row in
      set"$tab"* | mix"$tab"* | blk"$tab"*) printf '%s\n' "$row" ;;
    esac
  done
  if [ -n "$changed" ]; then printf 'sett\t%s\n' "$changed"; fi
  print_digest "$(said_of winner)"
  printf 'done\tsettings\n'
}

# What the reader of settings said of a name.
said_of() {
  for row in $said; do
    if [ "${row%%"$tab"*}" = "$1" ]; then printf '%s\n' "${row#*"$tab"}"; fi
  done
}

# print_digest PLACE
print_digest() {
  for row in $files; do
    if [ "${row%%"$tab"*}" != "$1" ]; then continue; fi
    file=${row#*"$tab"}
    if ! is_plain_file "$file" || [ ! -r "$file" ] || ! look "$file" || [ "$size" -gt 1048576 ]; then return; fi
    set -- "$@" "$file"
  done
  shift
  if [ $# -eq 0 ]; then return; fi
  found=$(cat "$@" | digest)
  printf 'sum\t%s\n' "${found%"${found#????????????????}"}"
}

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

is_version() {
  case $1 in
    [!0-9]* | '' | *[!0-9A-Za-z.]*) return 1 ;;
  esac
  [ ${#1} -le 40 ]
}

# The lowest version of lines of a version and what goes with it; nothing where one is none.
lowest() {
  awk -F "$tab" '
    function is_lower(a, b,    i, x, y) {
      split(a, x, ".")
      split(b, y, ".")
      for (i = 1; i <= 20; i++) {
        if (x[i] == "") x[i] = "0"
        if (y[i] == "") y[i] = "0"
        if (x[i] !~ /[^0-9]/ && y[i] !~ /[^0-9]/) {
          if (x[i] + 0 != y[i] + 0) return x[i] + 0 < y[i] + 0
        } else if (x[i] "" != y[i] "") return x[i] "" < y[i] ""
      }
      return 0
    }
    $1 !~ /^[0-9]/ { is_unread = 1 }
    best == "" || is_lower($1, best) { best = $1; row = $0 }
    END { if (is_unread) print "unread"; else if (best != "") print row }'
}

plist_text() {
  if ! plutil -extract "$2" raw -o - -- "$1" 2>/dev/null; then
    /usr/libexec/PlistBuddy -c "Print :$2" "$1" 2>/dev/null
  fi
}

print_lines() { if [ -n "$1" ]; then printf '%s\n' "$1"; fi; }

print_desktop() {
  if [ "$1" = unread ]; then
    return
  elif [ -n "$1" ]; then
    printf 'app\t%s\n' "${1%%"$tab"*}"
    if [ -n "${1#*"$tab"}" ]; then printf 'appt\t%s\n' "${1#*"$tab"}"; fi
  else
    printf 'app\tnone\n'
  fi
}

look_at_desktop() {
  packages=
  has_packages=
  if [ "$platform" = macos ]; then
    apps=$(
      print_app "$root/Applications/Claude.app" ''
      for user in $users; do print_app "$root${user#*"$tab"}/Applications/Claude.app" "${user%%"$tab"*}"; done
    )
    print_desktop "$(print_lines "$apps" | lowest)"
    return
  fi
  if [ -r "$root/var/lib/dpkg/status" ] && is_plain_file "$root/var/lib/dpkg/status"; then
    has_packages=yes
    packages=$(awk -v WHAT=packages "$times$evidence_reader" "$root/var/lib/dpkg/status")
    found=
    for row in $packages; do
      case $row in
        claude-desktop"$tab"*) found=${row#*"$tab"} ;;
      esac
    done
    if [ -z "$found" ]; then
      printf 'app\tnone\n'
    elif is_version "$found"; then
      modified=
      look "$root/var/lib/dpkg/info/claude-desktop.list" || modified=
      print_desktop "$found$tab$modified"
    fi
  elif ! exists "$root/var/lib/dpkg/status" && ! exists "$root/usr/lib/claude-desktop"; then
    printf 'app\tnone\n'
  fi
}

# The version of an app of that identifier, and when it was placed.
print_app() {
  file=$1/Contents/Info.plist
  if [ -n "$2" ]; then
    if [ -z "$(files_of "$2" "$file")" ]; then return; fi
  elif ! exists "$file"; then
    return
  elif ! is_plain_file "$file" || [ ! -r "$file" ]; then
    printf 'unread\n'
    return
  fi
  if ! look "$file" || [ "$(plist_text "$file" CFBundleIdentifier)" != com.anthropic.claudefordesktop ]; then return; fi
  found=$(plist_text "$file" CFBundleShortVersionString)
  if is_version "$found"; then
    printf '%s\t%s\n' "$found" "$placed"
  elif [ -z "$2" ]; then
    printf 'unread\n'
  fi
}

look_at_code() {
  # Without the list of packages the lowest version is not known.
  if exists "$root/var/lib/dpkg/status" && [ "$platform" = linux ] && [ -z "$has_packages" ]; then return; fi
  versions=$(
    for user in $users; do
      file=$root${user#*"$tab"}/.local/bin/claude
      if [ ! -h "$file" ] || ! look "$file" || [ "$owner" != "${user%%"$tab"*}" ]; then continue; fi
      found=/$(readlink "$file")
      version=${found##*/}
      case $found in
        */.local/share/claude/versions/"$version") if is_version "$version"; then printf '%s\n' "$version"; fi ;;
      esac
    done
    for folder in /usr/local/lib /usr/lib /opt/homebrew/lib; do
      file=$root$folder/node_modules/@anthropic-ai/claude-code/package.json
      if ! exists "$file"; then continue; fi
      found=
      if is_plain_file "$file" && [ -r "$file" ] && look "$file" && [ "$size" -le 1048576 ]; then
        found=$(awk -v WHAT=version "$json_reader$values_reader" "$file")
      fi
      if is_version "$found"; then printf '%s\n' "$found"; else printf 'unread\n'; fi
    done
    for row in $packages; do
      found=${row#claude-code"$tab"}
      if [ "$found" = "$row" ]; then continue; fi
      if is_version "$found"; then printf '%s\n' "$found"; else printf 'unread\n'; fi
    done
  )
  found=$(print_lines "$versions" | lowest)
  if [ "$found" != unread ]; then printf 'code\t%s\n' "${found:-none}"; fi
}

list_processes() {
  if [ -n "$process_list" ]; then
    cat "$process_list"
  else
    # -ww: without it a command is cut at the width of a terminal that is not there.
    TZ=UTC ps -A -ww -o lstart= -o args=
  fi
}

look_at_processes() {
  processes=$(list_processes 2>/dev/null) || return
  found=$(printf '%s\n' "$processes" | awk -v WHAT=processes -v PLATFORM="$platform" "$times$evidence_reader")
  printf 'oldest-desktop\t%s\noldest-code\t%s\ndone\tprocesses\n' "${found%%"$tab"*}" "${found#*"$tab"}"
}


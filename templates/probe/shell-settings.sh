# ---- Managed settings ----

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


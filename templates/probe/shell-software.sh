# ---- What is installed, and what runs ----

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

# print_desktop VERSION PLACED
print_desktop() {
  printf 'app\t%s\n' "$1"
  if [ -n "$2" ]; then printf 'appt\t%s\n' "$2"; fi
}

look_at_desktop() {
  packages=
  has_packages=
  if [ "$platform" = macos ]; then
    apps=$(
      print_app "$root/Applications/Claude.app" ''
      for user in $users; do print_app "$root${user#*"$tab"}/Applications/Claude.app" "${user%%"$tab"*}"; done
    )
    for row in $apps; do
      found=${row#*"$tab"}
      if [ "$row" != unread ]; then printf 'copy\t%s\t%s\n' "${found#*"$tab"}" "${found%%"$tab"*}"; fi
    done
    row=$(print_lines "$apps" | lowest)
    found=${row#*"$tab"}
    case $row in
      unread) ;;
      '') printf 'app\tnone\n' ;;
      *) print_desktop "${row%%"$tab"*}" "${found%%"$tab"*}" ;;
    esac
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
      print_desktop "$found" "$modified"
      if [ -n "$modified" ]; then printf 'copy\tdpkg\t%s\n' "$modified"; fi
    fi
  elif ! exists "$root/var/lib/dpkg/status" && ! exists "$root/usr/lib/claude-desktop"; then
    printf 'app\tnone\n'
  fi
}

# The version of an app of that identifier, when it was placed, and its path.
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
    printf '%s\t%s\t%s\n' "$found" "$placed" "${1#"$root"}"
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
  # There are ways to install it that are not looked at: nothing found is no absence.
  if [ "$found" != unread ] && [ -n "$found" ]; then printf 'code\t%s\n' "$found"; fi
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
  printf '%s\n' "$processes" | awk -v WHAT=processes -v PLATFORM="$platform" "$times$evidence_reader"
  printf 'done\tprocesses\n'
}


# ---- What people have: their files are hostile ----

# Sets users: on each line the id and the home of one, ordered by home.
find_users() {
  if [ -n "$self_home" ]; then
    users=$self_id$tab$self_home
    printf 'as\tuser\nusers\t1\n'
    return
  fi
  if [ "$(id -u)" != "$administrator_id" ]; then
    users=$(id -u)$tab${HOME:-}
    printf 'as\tuser\nusers\t1\n'
    return
  fi
  users=$(list_users | sort -t "$tab" -k 2 | awk -F "$tab" '!($2 in known) && ++count <= 50 { known[$2] = 1; print }')
  count=0
  for user in $users; do count=$((count + 1)); done
  printf 'as\tmachine\nusers\t%s\n' "$count"
}

list_users() {
  if [ "$platform" = macos ]; then
    set +f
    for folder in "$root"/Users/* "$root/var/root"; do
      if [ "${folder##*/}" = Shared ] || has_strange_name "$folder" || ! is_plain_folder "$folder"; then continue; fi
      if look "$folder"; then printf '%s\t%s\n' "$owner" "${folder#"$root"}"; fi
    done
    set -f
    return
  fi
  known=$(awk -v WHAT=users "$times$evidence_reader" "$root/etc/passwd")
  for user in $known; do
    folder=$root${user#*"$tab"}
    if is_plain_folder "$folder" && look "$folder" && [ "$owner" = "${user%%"$tab"*}" ]; then printf '%s\n' "$user"; fi
  done
}

# files_of USER PATH...: those that are regular files of the user and at most 1 MiB.
files_of() {
  of_user=$1
  shift
  find "$@" -prune -type f -user "$of_user" ! -size +1048576c 2>/dev/null
}

# set_user ROW: sets id, home, and what has_file asks; files are looked at once.
set_user() {
  id=${1%%"$tab"*}
  home=$root${1#*"$tab"}
  number=0
  for other in $users; do
    number=$((number + 1))
    if [ "$other" = "$1" ]; then break; fi
  done
  eval "own=\${own_$number-unknown}"
  if [ "$own" != unknown ]; then return; fi
  look_at_files
  eval "own_$number=\$own"
}

# Of the files that we may read in a home those that are regular files of the user: time, size, path.
look_at_files() {
  own=
  set --
  for name in .claude/remote-settings.json .claude/settings.json .claude/plugins/installed_plugins.json .claude.json \
    .local/state/fleet/hook-record $(list_marketplaces); do
    if is_plain_file "$home/$name" && [ -r "$home/$name" ]; then set -- "$@" "$home/$name"; fi
  done
  if [ $# -eq 0 ]; then return; fi
  for row in $(stat "$look_flag" "$file_form" "$@"); do
    if [ "${row%% *}" = "$id" ]; then own=$own${row#* }$newline; fi
  done
}

list_marketplaces() {
  for plugin in $(wanted_of plugin); do
    plugin=${plugin#*"$tab"}
    printf '.claude/plugins/marketplaces/%s/.claude-plugin/marketplace.json\n' "${plugin%%"$tab"*}"
  done
}

# has_file NAME [MOST]: whether the user has a file of at most so many bytes; sets modified.
has_file() {
  case $newline$own in
    *" $home/$1$newline"*) ;;
    *) return 1 ;;
  esac
  row=${own%%" $home/$1$newline"*}
  row=${row##*"$newline"}
  modified=${row%% *}
  [ "${row#* }" -le "${2:-1048576}" ]
}

# used_since USER TIME: whether the user used a tool at or after it, or ever where it is empty.
used_since() {
  for row in $uses; do
    if [ "${row#*:}" = "$1" ]; then [ "${row%%:*}" -ge "${2:-0}" ] && return 0; fi
  done
  return 1
}

# Whether a file cannot be opened, or something above it cannot be looked into.
is_denied() {
  if [ -h "$1" ]; then return 1; fi
  if [ -e "$1" ]; then
    [ ! -r "$1" ]
    return
  fi
  folder=${1%/*}
  while [ ! -e "$folder" ]; do
    if [ -h "$folder" ]; then return 1; fi
    folder=${folder%/*}
  done
  [ -d "$folder" ] && [ ! -x "$folder" ]
}

look_at_plugins() {
  required=$(wanted_of plugin)
  if [ -z "$required" ]; then
    printf 'plug\t0/0\nplugbad\tno\ndone\tplugins\n'
    return
  fi
  FLEET_PLUGINS=$required
  export FLEET_PLUGINS
  has_people=
  is_open=
  plugins_changed=
  problems=
  for user in $users; do
    set_user "$user"
    if has_file .claude/plugins/installed_plugins.json; then
      latest_of "$plugins_changed" "$modified"
      plugins_changed=$latest
    fi
    used_since "$user" "$changed" || continue
    has_people=yes
    if is_denied "$home/.claude/plugins/installed_plugins.json"; then is_open=yes; fi
    found=$(
      list_plugin_problems
      list_session_problems
    )
    case $newline$found$newline in
      *"${newline}unread$newline"*) is_open=yes ;;
    esac
    problems=$problems$found$newline
  done
  if [ -n "$plugins_changed" ]; then printf 'plugt\t%s\n' "$plugins_changed"; fi
  if [ -n "$has_people" ] && [ -z "$is_open" ]; then
    printf '%s\n%s\n' "$problems" "$said" | FLEET_COUNT=$(printf '%s\n' "$required" | wc -l) awk -F "$tab" '
      $1 == "plugin" { is_bad[$2] = 1; has[$3] = 1 }
      END {
        of = ENVIRON["FLEET_COUNT"] + 0
        good = of
        for (p in is_bad) good--
        count = split("missing stale-clone stale-cache stale-session clash", kinds, " ")
        for (i = 1; i <= count; i++) if (kinds[i] in has) list = list "+" kinds[i]
        print "plug\t" good "/" of
        print "plugbad\t" (list == "" ? "no" : substr(list, 2))
      }'
  fi
  printf 'done\tplugins\n'
}

list_plugin_problems() {
  set --
  for file in .claude/settings.json .claude/plugins/installed_plugins.json $(list_marketplaces); do
    if has_file "$file"; then set -- "$@" "$home/$file"; fi
  done
  FLEET_HOME=$home awk "$json_reader$plugin_words$plugins_reader" "$@"
}

list_session_problems() {
  case $platform in
    macos) folder="$home/Library/Application Support/Claude/local-agent-mode-sessions" ;;
    *) folder=$home/.config/Claude/local-agent-mode-sessions ;;
  esac
  if is_plain_folder "$folder"; then
    find "$folder" -mindepth 4 -maxdepth 4 -type f -path '*/rpm/manifest.json' -user "$id" ! -size +1048576c ! -path '*[[:cntrl:]]*' |
      sort | head -n 50 | list_stale_copies
  fi
}

list_stale_copies() {
  manifests=$(cat)
  if [ -z "$manifests" ]; then return; fi
  # shellcheck disable=SC2086 # one argument for each line
  copies=$(awk "$json_reader$plugin_words$sessions_reader" $manifests | sort -u | head -n 100)
  if [ -z "$copies" ]; then return; fi
  set --
  for copy in $copies; do set -- "$@" "${copy#*"$tab"}"; done
  # shellcheck disable=SC2046 # one argument for each line
  FLEET_COPIES=$copies awk "$json_reader$plugin_words$sessions_reader" $(files_of "$id" "$@")
}

look_at_records() {
  invocations=
  event=
  if wants decision; then event=PreToolUse; fi
  if wants record; then
    for user in $users; do
      set_user "$user"
      if ! has_file .local/state/fleet/hook-record 999999999999; then continue; fi
      found=$(tail -c 65536 "$home/.local/state/fleet/hook-record" | awk -v WHAT=record -v EVENT="$event" -v NOW="$now" "$times$evidence_reader")
      if [ -n "$found" ]; then printf 'invocation\t%s\n' "$found"; fi
      invocations=$invocations${found%%"$tab"*}:$user$newline
    done
  fi
  printf 'done\trecords\n'
}

look_at_activity() {
  uses=
  for user in $users; do
    set_user "$user"
    invoked=none
    for row in $invocations; do
      if [ "${row#*:}" = "$user" ] && [ -n "${row%%:*}" ]; then invoked=${row%%:*}; fi
    done
    used=
    for row in $(list_transcripts); do
      modified=${row%% *}
      # No use is later than the last change of its file.
      if [ -n "$used" ] && [ "$used" -ge "$modified" ]; then break; fi
      found=$(tail -c 262144 "${row#* }" | awk -v WHAT=use "$times$evidence_reader")
      if [ -z "$found" ]; then continue; fi
      if [ "$found" -gt "$modified" ]; then found=$modified; fi
      if [ "$found" -lt 0 ]; then continue; fi
      latest_of "$used" "$found"
      used=$latest
    done
    if [ -n "$used" ]; then uses=$uses$used:$user$newline; fi
    printf 'person\t%s\t%s\n' "${used:-none}" "$invoked"
  done
  printf 'done\tactivity\n'
}

# The newest transcripts of a user, with their times.
list_transcripts() {
  if ! is_plain_folder "$home/.claude" || ! is_plain_folder "$home/.claude/projects"; then return; fi
  if [ "$look_flag" = -c ]; then form='%Y %n'; else form='%m %N'; fi
  find "$home/.claude/projects" -mindepth 2 -maxdepth 2 -type f -name '*.jsonl' -user "$id" ! -path '*[[:cntrl:]]*' \
    -exec stat "$look_flag" "$form" {} + | head -n 20000 | sort -rn | head -n 20
}

look_at_workspaces() {
  workspaces=0
  gone=0
  for user in $users; do
    set_user "$user"
    if ! has_file .claude.json; then continue; fi
    own_home=${user#*"$tab"}
    trusted=$(awk -v WHAT=trusted "$json_reader$values_reader" "$home/.claude.json")
    for folder in $trusted; do
      case $folder in
        *[[:cntrl:]]* | */../* | */..) continue ;;
        "${own_home%/}"/*) ;;
        *) continue ;;
      esac
      if [ "$workspaces" -ge 200 ]; then break; fi
      workspaces=$((workspaces + 1))
      if ! is_plain_folder "$root$folder"; then gone=$((gone + 1)); fi
    done
  done
  state=some-gone
  if [ "$gone" -eq "$workspaces" ]; then state=gone; fi
  if [ "$gone" -eq 0 ]; then state=there; fi
  if [ "$workspaces" -eq 0 ]; then state=none; fi
  printf 'ws\t%s\n' "$state"
}


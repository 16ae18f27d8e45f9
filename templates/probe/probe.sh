#!/bin/sh
# Looks whether Claude and its hooks are in order on this Mac or Linux machine, and prints one line that says so. It only
# reads, runs nothing of a user's, connects to nothing and ends within five seconds. Run it as root to see all users.
# What each fact means: templates/probe/README.md of fleet, which made this script.
#
# Ends with 0; with 2, and no line, where this script itself is damaged; as an audit script with 1 where something
# needs repair.

# Texts of awk stand in single quotes; functions are called by name from others.
# shellcheck disable=SC2016,SC2317
set -u

style='@@STYLE@@'
platform='@@PLATFORM@@'
stamp='@@STAMP@@'
target_digest='@@TARGET_DIGEST@@'
administrator_id='@@ADMINISTRATOR_ID@@'
# A folder that stands for /, a list of processes, a time, a user and a folder of tools: for tests only, empty on endpoints.
root='@@ROOT@@'
process_list='@@PROCESS_LIST@@'
now='@@NOW@@'
self_id='@@SELF_ID@@'
self_home='@@SELF_HOME@@'
tools='@@TOOLS@@'

# What the policy wants, as base64.
target='
@@TARGET@@
'

# Nothing but the system's own tools, whoever calls.
PATH=/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin
LC_ALL=C
CDPATH=
export PATH LC_ALL CDPATH
umask 077
if [ -n "$tools" ]; then PATH=$tools:$PATH; fi

tab=$(printf '\t')
newline='
'
IFS=$newline
set -f

json_reader='
@@PART probe/read-json.awk@@
'
plugin_words='
@@PART probe/plugin-words.awk@@
'
settings_reader='
@@PART probe/settings.awk@@
'
plugins_reader='
@@PART probe/plugins.awk@@
'
sessions_reader='
@@PART probe/sessions.awk@@
'
values_reader='
@@PART probe/json-values.awk@@
'
times='
@@PART probe/times.awk@@
'
evidence_reader='
@@PART probe/evidence.awk@@
'
line_writer='
@@PART probe/line.awk@@
'

@@PART probe/shell-files.sh@@
@@PART probe/shell-settings.sh@@
@@PART probe/shell-hooks.sh@@
@@PART probe/shell-software.sh@@
@@PART probe/shell-users.sh@@
# ---- All together ----

collect() {
  find_users
  look_at_settings
  look_at_hooks
  look_at_credential
  look_at_desktop
  look_at_code
  look_at_processes
  look_at_records
  look_at_activity
  look_at_plugins
  look_at_workspaces
}

# Ends a process and all it has started; nothing may stay behind that waits for a FIFO.
end_tree() {
  for process in $(ps -A -o pid= -o ppid= | awk -v top="$1" '
    { above[$1] = $2; order[++count] = $1 }
    END {
      is_below[top] = 1
      print top
      for (found = 1; found;) {
        found = 0
        for (i = 1; i <= count; i++)
          if (!(order[i] in is_below) && above[order[i]] in is_below) { is_below[order[i]] = 1; found = 1; print order[i] }
      }
    }'); do
    kill -KILL "$process"
  done
}

# Gives what is found while it is found: what is known when time runs out counts.
collect_in_time() {
  sleep 4 &
  timer=$!
  {
    collect
    printf 'end\n'
    kill "$timer"
  } &
  collector=$!
  wait "$timer"
  trap '' PIPE
  printf 'stop\n'
  end_tree "$collector"
}

read_target || {
  printf 'fleet-probe: this script was changed, or base64 and SHA-256 tools are missing\n' >&2
  exit 2
}
if [ -z "$now" ]; then now=$(date -u +%s); fi

{
  print_target
  collect_in_time
} </dev/null 2>/dev/null | awk -v STYLE="$style" "$times$line_writer"

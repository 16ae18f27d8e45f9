#!/bin/sh
# A managed hook of Claude Code: refuses tools of a list, asks a policy endpoint, and writes down that it ran.
# What it does exactly, and what it does not: templates/hook/README.md of fleet.
#
# The client runs this as the person who works, with the event as JSON on standard input, and blocks a tool only for the answer
# `deny`; it goes on where a hook ends with 1 or is missing (https://code.claude.com/docs/en/hooks, 2026-11-21). So nothing here
# may end the script early: every way leads to an answer.

configuration='@@CONFIGURATION@@'
# What the policy said when this was built: it counts where the configuration cannot be read.
unsure='@@UNSURE@@'
# Who has to own the configuration: root.
administrator=@@ADMINISTRATOR@@

PATH=/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin
LC_ALL=C
CDPATH=
export PATH LC_ALL CDPATH
umask 077
set -f

# shellcheck disable=SC2016 # a program for awk
read_json='
@@PART hook/read-json.awk@@
'
# shellcheck disable=SC2016 # a program for awk
decide='
@@PART hook/decide.awk@@
'
# shellcheck disable=SC2016 # a program for awk
read_answer='
@@PART hook/read-answer.awk@@
'

# Not every Mac knows %N: it prints the letter then.
clock() { date -u '+%Y-%m-%dT%H:%M:%SZ %s %N' 2>/dev/null; }

# is_trusted FILE: a plain file that only the administrator can change, in a folder of the same kind.
is_trusted() {
  case $1 in
    /*/*) ;;
    *) return 1 ;;
  esac
  if [ -h "$1" ] || [ ! -f "$1" ] || [ ! -r "$1" ]; then return 1; fi
  trusted=$(find "$1" "${1%/*}" -prune -user "$administrator" ! -perm -020 ! -perm -002 2>/dev/null)
  [ "$trusted" = "$1
${1%/*}" ]
}

# Where the record is, if it may be written: never through a link, never into somebody else's home.
record_place() {
  case ${HOME-} in
    /*) ;;
    *) return ;;
  esac
  folder=$HOME/.local/state/fleet
  # shellcheck disable=SC3067 # every sh of macOS and Linux knows -O
  if [ ! -O "$HOME" ] || [ -h "$folder" ]; then return; fi
  if [ ! -d "$folder" ]; then mkdir -p "$folder" 2>/dev/null || return; fi
  # shellcheck disable=SC3067
  if [ ! -O "$folder" ] || [ -h "$folder/hook-record" ]; then return; fi
  if [ -e "$folder/hook-record" ] && [ ! -f "$folder/hook-record" ]; then return; fi
  printf '%s\n' "$folder/hook-record"
}

# The event, at most 1 MiB, on lines; the rest is read too, lest the client fails to write it. awk stops at a NUL.
event() {
  head -c 1048576
  echo
  head -c 67108864 >/dev/null
}

# curl reads all of this from a pipe: arguments are seen by every user of the machine.
request() {
  printf '%s\n' 'globoff' 'silent' 'max-redirs = 0' 'max-filesize = 65536' 'user-agent = "fleet-hook"'
  printf 'url = "%s"\nmax-time = %s\n' "$address" "$timeout"
  case $address in
    https:*) printf '%s\n' 'proto = "=https"' ;;
    *) printf '%s\n' 'proto = "=http"' 'noproxy = "*"' ;;
  esac
  printf '%s\n' 'header = "Content-Type: application/json"' 'header = "Expect:"'
  if [ -n "$authorization" ]; then printf 'header = "Authorization: %s"\n' "$authorization"; fi
  printf 'data-binary = "{\\"schema\\":\\"fleet.hook-event/v1\\",\\"event\\":\\"PreToolUse\\",\\"tool\\":\\"%s\\",' "$long_tool"
  printf '\\"session\\":\\"%s\\",\\"toolUse\\":\\"%s\\",\\"bytes\\":%s}"\n' "$session" "$tool_use" "$bytes"
}

# Sets authorization to the value of the header; fails where there should be one and is none.
read_authorization() {
  authorization=
  if [ -z "$authorization_file" ]; then return 0; fi
  is_trusted "$authorization_file" || return 1
  authorization=$(head -n 1 "$authorization_file" 2>/dev/null | tr -d '\r')
  case $authorization in
    '' | *[!\ -~]* | *[\"\\]*) return 1 ;;
  esac
  [ "${#authorization}" -le 4000 ]
}

# Asks the policy endpoint: sets decision and reason, status, and the milliseconds that it took.
evaluate() {
  decision=unsure
  reason=endpoint
  status=0
  if ! read_authorization; then
    reason=authorization
    return
  fi
  # The first line: status, seconds, exit code of curl; then the answer, which may be of any size until it is cut.
  reply=$({
    answer=$({
      request | curl -q --config - -o /dev/fd/3 -w '%{http_code} %{time_total}' 3>&1 >&4 2>/dev/null
      printf ' %s' "$?" >&4
    } | head -c 65537 | tr '\000' '\001')
    printf '\n%s' "$answer"
  } 4>&1)
  told=${reply%%
*}
  answer=${reply#*
}
  # shellcheck disable=SC2086 # three words; without curl there is only the code of the shell
  set -- $told
  if [ "$#" -ne 3 ]; then return; fi
  case $1 in
    [1-5][0-9][0-9]) status=$1 ;;
  esac
  seconds=$2
  fraction=${seconds#*.}00
  case ${seconds%%.*}$fraction in
    '' | *[!0-9]*) ;;
    *) asked=$((${seconds%%.*} * 1000 + 1${fraction%"${fraction#???}"} - 1000)) ;;
  esac
  if [ "$3" = 28 ]; then reason=timeout; fi
  case $3:$status in
    0:2??) ;;
    *) return ;;
  esac
  if [ "${#answer}" -gt 65536 ]; then return; fi
  told=$(printf '%s\n' "$answer" | awk "$read_json$read_answer" 2>/dev/null)
  case $told in
    allow* | deny* | ask*) ;;
    *) return ;;
  esac
  decision=${told%%
*}
  reason=${told#"$decision"}
  reason=${reason#
}
}

# answer DECISION REASON: the reason is a JSON text already.
answer() {
  printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"%s","permissionDecisionReason":"%s"}}\n' "$1" "$2"
}

# Keeps the last lines in a new file. What another session adds to the old one meanwhile is read from there afterwards.
trim() {
  # One at a time. A lock that was left behind holds until the record is twice as long again.
  mkdir "$record.lock" 2>/dev/null || [ "$lines" -ge $((keep * 4)) ] || return
  if [ "$lines" -ge $((keep * 4)) ]; then find "$folder" -type f -name '.hook-record-??????' -exec rm -f {} +; fi
  temporary=$(mktemp "$folder/.hook-record-XXXXXX") || temporary=
  if [ -n "$temporary" ]; then
    exec 3<"$record"
    awk -v keep="$keep" 'length($0) < 400 && /^FR1\|.*\|end$/ { line[count++ % keep] = $0 }
      END { for (i = count > keep ? count - keep : 0; i < count; i++) print line[i % keep] }' <&3 >"$temporary" &&
      mv -f "$temporary" "$record" && cat <&3 >>"$record"
    rm -f "$temporary"
  fi
  rmdir "$record.lock"
}

write_record() {
  folder=${record%/*}
  # shellcheck disable=SC2046 # three words
  set -- $(clock)
  took=$(((${2-$began} - began) * 1000))
  case $began_nano${3-}: in
    *[!0-9]*: | :) took=${asked:-$took} ;;
    *) took=$((took + (1${3-} - 1$began_nano) / 1000000)) ;;
  esac
  if [ "$took" -lt 0 ]; then took=0; fi
  printf 'FR1|t=%s|ev=%s|tool=%s|ver=%s|ms=%s|http=%s|end\n' "$started" "$event" "$tool" "$verdict" "$took" "$status" >>"$record" &&
    if [ $((lines + 1)) -ge $((keep * 2)) ]; then trim; fi
}

# shellcheck disable=SC2046 # three words
set -- $(clock)
started=${1-}
began=${2-0}
began_nano=${3-}
record=
# Whoever tries the hook by hand sets this: that must not look like an invocation by the client.
if [ "${FLEET_HOOK_TRIAL-}" != 1 ]; then record=$(record_place 2>/dev/null); fi
if ! is_trusted "$configuration"; then configuration=; fi

facts=$(event 2>/dev/null | tr '\000' '\001' |
  FLEET_CONFIGURATION=$configuration FLEET_RECORD=$record awk "$read_json$decide" 2>/dev/null)
# shellcheck disable=SC2086 # words without blanks, one on each line
set -- $facts
if [ "$#" -ne 14 ]; then set -- unsure program - - - 100 5 0 - - - - - 0; fi
# Of the rest, - stands for nothing.
decision=$1 reason=$2 event=$3 tool=$4 keep=$6 timeout=$7 lines=$8
case $5 in
  allow | deny) unsure=$5 ;;
esac
shift 8
authorization_file=${1#-} address=$2 long_tool=${3#-} session=${4#-} tool_use=${5#-} bytes=$6
if [ "$event" = - ]; then event=Unknown; fi
if [ "$tool" = - ]; then tool=none; fi

status=none
asked=
if [ "$decision" = evaluate ]; then evaluate; fi
verdict=$decision

case $decision in
  allow) ;;
  ask | deny)
    if [ "$status" = none ]; then reason="Refused by rule $reason of the hook of your organisation."; fi
    if [ -z "$reason" ]; then reason='The policy of your organisation says so.'; fi
    answer "$decision" "$reason"
    ;;
  *)
    verdict=error
    if [ "$reason" = timeout ]; then verdict=timeout; fi
    # Other events have no such answer. One that could not be read may have been this one.
    if [ "$unsure" = deny ]; then
      case $event in
        PreToolUse | Unknown) answer deny "The hook of your organisation could not decide ($reason), and then nothing may run." ;;
      esac
    fi
    ;;
esac

# Only now: whatever happens to the record, the answer is given, and the end is 0.
if [ -n "$record" ] && [ -n "$started" ]; then (write_record) 2>/dev/null; fi
exit 0

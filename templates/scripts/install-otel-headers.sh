#!/bin/sh
# Puts the headers for telemetry on this Mac or Linux machine, with the helper that Claude Code reads them through.
#
#   install-otel-headers.sh GROUP <headers.txt      the members of GROUP can read the headers
#   install-otel-headers.sh everyone <headers.txt   every local user can
#   install-otel-headers.sh --check [GROUP | everyone]   0: in place · 1: differs · 2: cannot tell
#   --root DIR   below DIR, for packages and images
#
# The client runs the helper as the person who is logged in. Whoever is to send telemetry must be able to read the
# headers, and can then see them: use a token that allows nothing but sending, for each machine if the collector can.
#
# The values are read from standard input, never from arguments, which every local user could list. Give one header on
# each line, `Name: value`, or one JSON object of names and texts. Headers of the policy that are no secret are in this
# script already; all others that the policy names must be given.
#
# Ends with 0 when done, 1 when it failed, 2 when it was called wrongly.

# Functions that are called by a trap or through a variable look unused:
# shellcheck disable=SC2317
set -eu

program=install-otel-headers
helper_file=@@HEADERS_HELPER@@
headers_file=@@HEADERS_FILE@@
helper_digest=@@HELPER_DIGEST@@
policy_digest=@@POLICY_DIGEST@@

helper() {
  cat <<'FLEET_HELPER'
@@HELPER@@
FLEET_HELPER
}

# `Name: value` for a header that is no secret, `Name:` for one that has to be given.
policy() {
  cat <<'FLEET_DATA'
@@POLICY@@
FLEET_DATA
}

@@PART endpoint-files.sh@@

usage() {
  printf 'usage: %s GROUP|everyone [--root DIR] <HEADERS\n       %s --check [GROUP|everyone] [--root DIR]\n' \
    "$program" "$program" >&2
  conclude 2
}

# read_headers POLICY GIVEN: the headers of both files as one JSON object (-: standard input); what is given counts first.
# Fails with a fixed text: a value must not turn up in a log.
read_headers() {
  awk -v policy="$1" '
    function refuse(text) { print "install-otel-headers: " text | "cat >&2"; close("cat >&2"); failed = 1; exit 1 }
    function add(name, value,    folded, text, i, c) {
      if (name == "" || length(name) > 100 || name !~ /^[A-Za-z0-9!#$%&\047*+.^_`|~-]+$/)
        refuse("a header name holds a character that HTTP does not allow.")
      sub(/^[ \t]+/, "", value)
      sub(/[ \t]+$/, "", value)
      if (value == "") refuse("a header has no value.")
      if (length(value) > 8192 || value ~ /[^ -~]/) refuse("a header value is not visible ASCII, or is too long.")
      folded = tolower(name)
      if (folded in known) refuse("a header is given twice.")
      known[folded] = 1
      text = ""
      for (i = 1; i <= length(value); i++) {
        c = substr(value, i, 1)
        text = text (c == "\"" || c == "\\" ? "\\" c : c)
      }
      list = list (list == "" ? "" : ", ") "\"" name "\": \"" text "\""
    }
    function blank(   c) {
      while (at <= size) {
        c = substr(whole, at, 1)
        if (c != " " && c != "\t" && c != "\n" && c != "\r") return
        at++
      }
    }
    function expect(c) {
      blank()
      if (substr(whole, at, 1) != c) refuse("the JSON is not one object of names and texts.")
      at++
    }
    function string(   c, text) {
      expect("\"")
      text = ""
      while (at <= size) {
        c = substr(whole, at++, 1)
        if (c == "\"") return text
        if (c == "\\") {
          c = substr(whole, at++, 1)
          if (c != "\"" && c != "\\" && c != "/") refuse("the JSON holds an escape that no header value needs.")
        }
        text = text c
      }
      refuse("the JSON is not one object of names and texts.")
    }
    function read_object(   name) {
      at = 1
      size = length(whole)
      expect("{")
      do {
        name = string()
        expect(":")
        add(name, string())
        blank()
      } while (substr(whole, at++, 1) == ",")
      at--
      expect("}")
      blank()
      if (at <= size) refuse("there is more than one JSON object.")
    }
    function read_lines(   count, lines, i, colon) {
      count = split(whole, lines, "\n")
      for (i = 1; i <= count; i++) {
        sub(/\r$/, "", lines[i])
        if (lines[i] ~ /^[ \t]*$/) continue
        colon = index(lines[i], ":")
        if (colon == 0) refuse("a line is no header: write Name: value.")
        add(substr(lines[i], 1, colon - 1), substr(lines[i], colon + 1))
      }
    }
    { whole = whole $0 "\n"; if (length(whole) > 65536) refuse("this is more than headers can be.") }
    END {
      if (failed) exit 1
      if (whole ~ /^[ \t\r\n]*\{/) read_object()
      else read_lines()
      while ((getline line < policy) > 0) {
        colon = index(line, ":")
        name = substr(line, 1, colon - 1)
        value = substr(line, colon + 1)
        if (tolower(name) in known) continue
        if (value == "") refuse("a header that the policy names is not given: " name)
        add(name, value)
      }
      if (list == "") refuse("no header is given.")
      print "{" list "}"
    }
  ' "$2"
}

mode=install
readers=
root_folder=
while [ $# -gt 0 ]; do
  case $1 in
    --check) mode=check ;;
    --root)
      if [ $# -lt 2 ] || [ -z "$2" ]; then usage; fi
      root_folder=$2
      shift
      ;;
    '' | -* | *:* | *[!\ -~]*) usage ;;
    *)
      if [ -n "$readers" ]; then usage; fi
      readers=$1
      ;;
  esac
  shift
done

if [ "$mode" = check ]; then failed=2; fi
if [ "$mode" = install ] && [ -z "$readers" ]; then usage; fi
use_root "$root_folder"
helper_target=$root$helper_file
headers_target=$root$headers_file
helper_folder=$(dirname "$helper_target")
headers_folder=$(dirname "$headers_target")

make_work_folder
decode helper "$work/helper" "$helper_digest"
decode policy "$work/policy" "$policy_digest"

has_readers() {
  case $readers in
    '') is_file "$headers_target" 644 || is_file "$headers_target" 640 ;;
    everyone) is_file "$headers_target" 644 ;;
    *) is_file "$headers_target" 640 && [ -n "$(find "$headers_target" -prune -group "$readers" 2>/dev/null)" ] ;;
  esac
}

case $mode in
  check)
    if [ -f "$headers_target" ] && [ ! -r "$headers_target" ]; then fail "$headers_target cannot be read."; fi
    if ! is_folder "$helper_folder" || ! is_file "$helper_target" 755; then
      say 'differs: the helper is not there, or not with its owner and rights'
    elif ! same_content "$helper_target" "$work/helper"; then
      say 'differs: another helper'
    elif ! is_folder "$headers_folder" || ! has_readers; then
      say 'differs: the headers file is not there, or not with its owner, group and rights'
    elif ! read_headers "$work/policy" "$headers_target" >"$work/headers" 2>/dev/null; then
      say 'differs: the headers file does not hold the headers of the policy'
    elif ! same_content "$headers_target" "$work/headers"; then
      say 'differs: the headers file was not written by this script'
    elif has_access_list "$headers_target" || has_access_list "$helper_target"; then
      fail 'An access control list may give others more rights.'
    else
      say 'in place'
      conclude 0
    fi
    conclude 1
    ;;
  install)
    if [ -t 0 ]; then fail 'The headers are read from standard input: give a file, or the output of your secret store.'; fi
    read_headers "$work/policy" - >"$work/headers" || conclude 1
    if [ "$readers" = everyone ]; then
      warn 'Warning: every local user can read these headers.'
      rights=644
      readers_group=$group
    else
      rights=640
      readers_group=$readers
    fi
    if is_folder "$headers_folder" && has_readers && same_content "$headers_target" "$work/headers"; then
      say "unchanged: $headers_target"
    else
      prepare_folder "$headers_folder"
      replace_file "$work/headers" "$headers_target" "$rights" "$readers_group"
      say "installed: $headers_target"
    fi
    # The helper comes last: a client that finds it finds its headers.
    if is_folder "$helper_folder" && is_file "$helper_target" 755 && same_content "$helper_target" "$work/helper"; then
      say "unchanged: $helper_target"
    else
      prepare_folder "$helper_folder"
      replace_file "$work/helper" "$helper_target" 755 "$group"
      say "installed: $helper_target"
    fi
    ;;
esac
conclude 0

#!/bin/sh
# Prints the headers that Claude Code sends with its telemetry (the setting otelHeadersHelper): one JSON object.
#
# The client runs this as the person who is logged in, when it starts and about every half hour
# (https://code.claude.com/docs/en/monitoring-usage, 2026-08-22), and sends no telemetry while it fails. So it only reads
# a file, and prints nothing unless that file is one that root alone can have written. install-otel-headers.sh writes it.
set -eu
PATH=/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin
LC_ALL=C
export PATH LC_ALL

file=@@HEADERS_FILE@@
owner=0

fail() {
  printf 'otel-headers: %s\n' "$1" >&2
  exit 1
}

if [ -h "$file" ]; then fail 'the headers file is a symbolic link.'; fi
if [ ! -f "$file" ]; then fail 'there is no headers file.'; fi
if [ -z "$(find "$file" -prune -type f -user "$owner" ! -perm -020 ! -perm -002 2>/dev/null)" ]; then
  fail 'the headers file does not belong to root, or others can write to it.'
fi
headers=$(cat "$file" 2>/dev/null) || fail 'the headers file cannot be read by this user.'
case $headers in
  '{'*'}') printf '%s\n' "$headers" ;;
  *) fail 'the headers file holds no JSON object.' ;;
esac

#!/bin/sh
# Puts the probe of fleet on this Linux machine, and a timer of systemd (or a line for cron) that runs it at start and
# every day.
#
#   install-fleet-probe-linux.sh              install and start; run it again for a newer one
#   install-fleet-probe-linux.sh --check      0: in place · 1: differs · 2: cannot tell
#   install-fleet-probe-linux.sh --uninstall  remove timer, cron line, files and the line of the probe
#   --cron       a file in /etc/cron.d in place of the timer, for machines without systemd
#   --root DIR   below DIR, for packages and images: nothing is started
#
# The probe only reads. The job writes its one line to @@LINE_FILE@@.
# Ends with 0 when done, 1 when it failed, 2 when it was called wrongly.

# Functions that are called by a trap or through a variable look unused:
# shellcheck disable=SC2317
set -eu

program=install-fleet-probe-linux
more_usage='[--cron] '
service_file=@@SERVICE_FILE@@
timer_file=@@TIMER_FILE@@
cron_file=@@CRON_FILE@@

service() {
  cat <<'FLEET_SERVICE'
@@SERVICE@@
FLEET_SERVICE
}

timer() {
  cat <<'FLEET_TIMER'
@@TIMER@@
FLEET_TIMER
}

cron() {
  cat <<'FLEET_CRON'
@@CRON@@
FLEET_CRON
}

@@PART scheduled/install-probe-start.sh@@

each_job() {
  if [ "$by" = cron ]; then
    "$1" cron "$root$cron_file" 644
  else
    "$1" service "$root$service_file" 644
    "$1" timer "$root$timer_file" 644
  fi
}

mode=install
by=timer
root_folder=
while [ $# -gt 0 ]; do
  case $1 in
    --check) mode=check ;;
    --uninstall) mode=uninstall ;;
    --cron) by=cron ;;
    --root)
      if [ $# -lt 2 ] || [ -z "$2" ]; then usage; fi
      root_folder=$2
      shift
      ;;
    *) usage ;;
  esac
  shift
done

if [ "$mode" = check ]; then failed=2; fi
use_root "$root_folder"
make_work_folder
decode probe "$work/probe" @@PROBE_DIGEST@@
decode writer "$work/writer" @@WRITER_DIGEST@@
decode service "$work/service" @@SERVICE_DIGEST@@
decode timer "$work/timer" @@TIMER_DIGEST@@
decode cron "$work/cron" @@CRON_DIGEST@@

# Below --root nothing of this machine is started or stopped.
has_systemd() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

case $mode in
  check)
    differs=
    each is_in_place
    if [ -n "$differs" ]; then conclude 1; fi
    if [ "$by" = timer ] && has_systemd && ! systemctl is-enabled --quiet fleet-probe.timer; then
      say 'differs: the timer is not enabled'
      conclude 1
    fi
    say 'in place'
    ;;
  uninstall)
    if has_systemd; then systemctl disable --now fleet-probe.timer >/dev/null 2>&1 || true; fi
    for by in timer cron; do each_job remove_one; done
    if has_systemd; then systemctl daemon-reload || true; fi
    remove_one writer "$root@@WRITER_FILE@@"
    remove_one probe "$root@@PROBE_FILE@@"
    # The folder is one of fleet: what others keep there stays, and so does the folder then.
    remove_one line "$root@@LINE_FILE@@"
    ;;
  install)
    if [ -z "$root" ] && [ "$by" = timer ] && ! has_systemd; then
      fail 'This machine does not run systemd: give --cron. Nothing was changed.'
    fi
    install_one probe "$root@@PROBE_FILE@@" 755
    install_one writer "$root@@WRITER_FILE@@" 755
    each_job install_job
    if [ "$by" = timer ] && has_systemd; then
      systemctl daemon-reload || fail 'The timer is there, and systemd does not read it.'
      systemctl enable --now fleet-probe.timer || fail 'The timer is there, and systemd does not take it.'
      # Now, too: the timer may wait for a day.
      systemctl start --no-block fleet-probe.service || warn 'The first run could not be started.'
      say 'started: fleet-probe.timer'
    fi
    ;;
esac
conclude 0

#!/bin/sh
# Puts the probe of fleet on this Mac, and a job of launchd that runs it at start and every day.
#
#   install-fleet-probe-macos.sh              install and start; run it again for a newer one
#   install-fleet-probe-macos.sh --check      0: in place · 1: differs · 2: cannot tell
#   install-fleet-probe-macos.sh --uninstall  remove the job, the files and the line
#   --root DIR   below DIR, for packages and images: the job is then started by the next start of the Mac
#
# The probe only reads. The job writes its one line to @@LINE_FILE@@ and, for osquery,
# to @@PROPERTY_LIST@@.
# Ends with 0 when done, 1 when it failed, 2 when it was called wrongly.

# Functions that are called by a trap or through a variable look unused:
# shellcheck disable=SC2317
set -eu

program=install-fleet-probe-macos
more_usage=
job_file=@@JOB_FILE@@

job() {
  cat <<'FLEET_JOB'
@@JOB@@
FLEET_JOB
}

@@PART scheduled/install-probe-start.sh@@

each_job() { "$1" job "$root$job_file" 644; }

mode=install
root_folder=
while [ $# -gt 0 ]; do
  case $1 in
    --check) mode=check ;;
    --uninstall) mode=uninstall ;;
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
decode job "$work/job" @@JOB_DIGEST@@

stop_job() {
  # Below --root nothing of this machine is started or stopped.
  if [ -n "$root" ]; then return 0; fi
  launchctl bootout 'system/@@JOB_LABEL@@' >/dev/null 2>&1 || true
}

case $mode in
  check)
    differs=
    each is_in_place
    if [ -n "$differs" ]; then conclude 1; fi
    if [ -z "$root" ] && ! launchctl print 'system/@@JOB_LABEL@@' >/dev/null 2>&1; then
      say 'differs: the job is not loaded'
      conclude 1
    fi
    say 'in place'
    ;;
  uninstall)
    stop_job
    each_job remove_one
    remove_one writer "$root@@WRITER_FILE@@"
    remove_one probe "$root@@PROBE_FILE@@"
    # The folder is one of fleet: what others keep there stays, and so does the folder then.
    remove_one line "$root@@LINE_FILE@@"
    remove_one line "$root@@PROPERTY_LIST@@"
    ;;
  install)
    install_one probe "$root@@PROBE_FILE@@" 755
    install_one writer "$root@@WRITER_FILE@@" 755
    stop_job
    install_job job "$root$job_file" 644
    if [ -z "$root" ]; then
      # The old job may take a moment to go.
      launchctl bootstrap system "$job_file" 2>/dev/null || {
        sleep 3
        launchctl bootstrap system "$job_file"
      } || fail 'The job is there, and launchd does not take it: look at launchctl print-disabled system.'
      say 'started: @@JOB_LABEL@@'
    fi
    ;;
esac
conclude 0

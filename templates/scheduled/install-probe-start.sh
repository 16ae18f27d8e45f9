probe() {
  cat <<'FLEET_PROBE'
@@PROBE@@
FLEET_PROBE
}

writer() {
  cat <<'FLEET_WRITER'
@@WRITER@@
FLEET_WRITER
}

@@PART scripts/endpoint-files.sh@@

usage() {
  printf 'usage: %s [--check | --uninstall] %s[--root DIR]\n' "$program" "$more_usage" >&2
  conclude 2
}

# each ACTION: for every file, ACTION NAME TARGET MODE; the line of files is set below.
each() {
  "$1" probe "$root@@PROBE_FILE@@" 755
  "$1" writer "$root@@WRITER_FILE@@" 755
  each_job "$1"
}

is_in_place() {
  if ! is_file "$2" "$3" || ! same_content "$2" "$work/$1"; then
    say "differs: $2"
    differs=yes
  fi
}

install_one() {
  if is_file "$2" "$3" && same_content "$2" "$work/$1"; then
    say "unchanged: $2"
  else
    prepare_folder "$(dirname "$2")"
    replace_file "$work/$1" "$2" "$3" "$group"
    say "installed: $2"
  fi
}

# install_job NAME TARGET MODE: as install_one, in a folder of the system whose rights are not ours to set.
install_job() {
  if is_file "$2" "$3" && same_content "$2" "$work/$1"; then
    say "unchanged: $2"
  else
    prepare_way "$(dirname "$2")"
    replace_file "$work/$1" "$2" "$3" "$group"
    say "installed: $2"
  fi
}

remove_one() {
  if [ -e "$2" ] || [ -h "$2" ]; then
    refuse_strange_file "$2"
    rm -f "$2" || fail "$2 cannot be removed."
    say "removed: $2"
  fi
}

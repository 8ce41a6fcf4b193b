# Words that every step uses.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts of job share their names

share=/share
shown=$share/shown

step() { printf -- '-- %s\n' "$*"; }
broken() {
  printf 'FAILED: %s\n' "$*"
  exit 1
}

# Waits so many seconds without starting a program, which costs some 20 ms under emulation.
exec {never}<> <(:)
pause() { read -rt "$1" -u "$never" || true; }
now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# Waits for a command to succeed, up to so many seconds.
within() {
  local until=$((SECONDS + $1))
  shift
  while ((SECONDS <= until)); do
    if "$@"; then return 0; fi
    pause 0.05
  done
  return 1
}

is_ready() { systemctl --quiet is-active gatepost.service; }
main_pid() { systemctl show gatepost.service --property=MainPID --value; }

# Whether the daemon, or a child of it, has this very device open; not the one that had its name before.
daemon_has() {
  local pid fd
  while read -r pid; do
    for fd in "/proc/$pid/fd/"*; do
      if [[ $fd -ef $1 ]]; then return 0; fi
    done
  done </sys/fs/cgroup/system.slice/gatepost.service/cgroup.procs
  return 1
} 2>/dev/null

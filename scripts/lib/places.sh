# shellcheck shell=bash
# Where Gatepost lies on a machine. Read by install, roll-back and uninstall, which set `prefix` before.
# shellcheck disable=SC2034

home=$prefix/usr/lib/gatepost
previous=$prefix/usr/lib/gatepost.previous
command=$prefix/usr/bin/gatepost
settings=$prefix/etc/gatepost
data=$prefix/var/lib/gatepost
kiosk_data=$prefix/var/lib/gatepost-kiosk

# Files of systemd/ and their places.
system_files=(
  "gatepost.service usr/lib/systemd/system/gatepost.service"
  "gatepost-kiosk.service usr/lib/systemd/system/gatepost-kiosk.service"
  "gatepost.sysusers.conf usr/lib/sysusers.d/gatepost.conf"
  "gatepost.tmpfiles.conf usr/lib/tmpfiles.d/gatepost.conf"
  "70-gatepost.rules usr/lib/udev/rules.d/70-gatepost.rules"
)

said() {
  printf '%-10s %s\n' "$1" "$2"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Whether the running system is meant, and not a folder, and systemd runs it.
is_live() {
  [[ -z $prefix && -d /run/systemd/system ]]
}

# The one option that all three scripts share: a folder that stands for /.
need_root() {
  [[ -n $prefix || $EUID -eq 0 ]] || fail "Run it as root: sudo $0"
}

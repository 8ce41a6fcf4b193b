# shellcheck shell=bash
# Where Gatepost lies on a machine. Read by install, roll-back and uninstall, which set `prefix` before.
# shellcheck disable=SC2034

home=$prefix/usr/lib/gatepost
previous=$prefix/usr/lib/gatepost.previous
# Beside the two, while they change places: all on one file system, so that a rename is all or nothing.
fresh=$home.new
swap=$home.swap
gone=$home.gone
# There while what lies in $home has not run yet.
unproven=$home.unproven
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
  "gatepost-chromium.json etc/chromium/policies/managed/gatepost.json"
)

said() {
  printf '%-10s %s\n' "$1" "$2"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# An exchange that was interrupted, by a kill or a power cut, is taken back.
mend_interrupted() {
  rm -rf "$fresh" "$gone"
  if [[ -d $swap ]]; then
    if [[ -d $home ]]; then
      rm -rf "$previous"
      mv "$swap" "$previous"
    else
      mv "$swap" "$home"
    fi
  fi
}

# Starts what lies in $home; says what to do where it does not come up.
restart_service() {
  touch "$unproven"
  if ! systemctl restart gatepost.service; then
    [[ ! -d $previous ]] || printf 'The version before is still there. Back to it: %s\n' "$home/scripts/roll-back" >&2
    fail 'gatepost.service did not start. What is wrong: sudo gatepost doctor; journalctl -u gatepost -n 50'
  fi
  rm -f "$unproven"
}

# Puts the files of a version's systemd folder to their places and lets the system know of them.
install_system_files() {
  local entry
  for entry in "${system_files[@]}"; do
    if [[ -f $1/${entry% *} ]]; then install_file "$1/${entry% *}" "$prefix/${entry#* }"; fi
  done
  is_live || return 0
  systemd-sysusers /usr/lib/sysusers.d/gatepost.conf
  systemd-tmpfiles --create /usr/lib/tmpfiles.d/gatepost.conf
  udevadm control --reload || said failed 'udevadm control --reload: the rules come into force at the next start'
  udevadm trigger || said failed 'udevadm trigger: plug the devices in again'
  systemctl daemon-reload
}

install_file() {
  if cmp -s "$1" "$2"; then return; fi
  # Complete beside the old one first, so that a power cut leaves no half of a unit.
  install -D -m 644 "$1" "$2.new"
  mv "$2.new" "$2"
  said installed "$2"
  changed=1
}

# Whether the running system is meant, and not a folder, and systemd runs it.
is_live() {
  [[ -z $prefix && -d /run/systemd/system ]]
}

# The one option that all three scripts share: a folder that stands for /.
need_root() {
  [[ -n $prefix || $EUID -eq 0 ]] || fail "Run it as root: sudo $0"
}

# The installation: its config, and what its log says.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts of job share their names

config=/etc/gatepost/gatepost.yaml

# A door for each way to move a line, each with its own kind of scanner.
# With a camera's DEVICE there is one door more. idleMs: an emulated scanner that is short of time stutters.
write_config() {
  local camera_door='' camera_point=''
  if [[ -n ${1:-} ]]; then
    camera_door='lobby: { name: Lobby, releaseSeconds: 4, lock: { driver: onoff, line: 25, activeLevel: high } }'
    camera_point="lobby-out: { door: lobby, direction: out, scanner: { driver: camera, source: v4l2, path: $1 } }"
  fi
  cat >"$config" <<YAML
version: 1
site: { id: test, name: Test site, timeZone: Europe/Berlin }
gate: { id: north, name: North gate }
doors:
  main:
    name: Main door
    releaseSeconds: 4
    passageSeconds: 4
    lock: { driver: auto, line: 17, activeLevel: high }
    contact: { driver: auto, line: 27, openLevel: high }
    inputs: { tamper: { line: 5, activeLevel: high }, fire: { line: 6, activeLevel: high } }
  yard: { name: Yard, releaseSeconds: 4, lock: { driver: gpiod, line: 22, activeLevel: high } }
  side: { name: Side door, releaseSeconds: 4, lock: { driver: leds } }
  ward: { name: Ward, releaseSeconds: 4, lock: { driver: onoff, line: 24, activeLevel: high } }
  $camera_door
accessPoints:
  main-out: { door: main, direction: out, scanner: { driver: serial, path: "${link[main]}", idleMs: 1000 } }
  yard-out: { door: yard, direction: out, scanner: { driver: hid-keyboard, path: "${link[yard]}", idleMs: 1000 } }
  side-out: { door: side, direction: out, scanner: { driver: hid-pos, path: "${link[side]}" } }
  ward-in:
    door: ward
    direction: in
    scanner: { driver: serial, path: "${link[ward]}", idleMs: 1000 }
    thermometer: { driver: gy-mcu9061x, path: "${link[sensor]}" }
  $camera_point
passes:
  issuers: [{ name: Test, publicKey: "$(<"$shown/issuer")" }]
  untrustedTime: allow
screening: { in: enforce, out: off, repeatAfterSeconds: 1 }
store: { folder: /var/lib/gatepost }
YAML
  chown root:gatepost "$config"
  gatepost config check "$config" >/run/check || broken "the config has a mistake: $(</run/check)"
}

# All events so far, a line each.
read_log() { gatepost log tail --store /var/lib/gatepost -n 10000 --json >/run/events; }
logged() { grep -c "io\.gatepost\.$1\.v1" /run/events || true; }
granted_at() { grep 'io\.gatepost\.access\.granted\.v1' /run/events | grep -c "\"accessPoint\":\"$1-" || true; }

# No door was granted to anybody but those who were meant to pass.
check_grants() {
  read_log
  local door
  for door in "${!opened[@]}"; do
    [[ $(granted_at "$door") == "${opened[$door]}" ]] ||
      broken "$door was granted $(granted_at "$door") times, ${opened[$door]} were right"
  done
}

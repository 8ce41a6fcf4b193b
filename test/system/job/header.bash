# The header of 58 lines like that of a Pi 4, played by gpio-sim; Gatepost finds it by its label.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts of job share their names

header=/sys/kernel/config/gpio-sim/pi/header
declare -A lock_line=([main]=17 [yard]=22 [side]=23 [ward]=24 [lobby]=25)

make_header() {
  modprobe -a gpio-sim ledtrig-oneshot leds-gpio
  local line
  for line in 5 6 17 22 23 24 25 27; do
    mkdir -p "$header/line$line"
    echo "GPIO$line" >"$header/line$line/name"
  done
  echo 58 >"$header/num_lines"
  echo pinctrl-bcm2711 >"$header/label"
  echo 1 >"${header%/*}/live"
  local lines=(/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio17)
  chip=${lines[0]%/*}
  # Takes line 23 for the LED gatepost:side.
  modprobe gatepost-led
  udevadm settle
}

# What a wire shows, whoever drives it.
level_is() { [[ $(<"$chip/sim_gpio${lock_line[$1]}/value") == "$2" ]]; }
all_at() {
  local level=$1 door
  shift
  for door in "$@"; do level_is "$door" "$level" || return 1; done
}
# What somebody does to an input: high or low.
drive() {
  if [[ $2 == high ]]; then echo pull-up; else echo pull-down; fi >"$chip/sim_gpio$1/pull"
}

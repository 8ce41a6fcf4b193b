# USB devices: gadgets of this machine on its own dummy_hcd sockets, so that ttyACM, hidraw, links and udev rules are real.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts of job share their names

gadgets=/sys/kernel/config/usb_gadget
declare -A socket=([main]=0 [yard]=1 [side]=2 [ward]=3 [sensor]=4)
# The names the config knows them by.
declare -A link=(
  [main]=/dev/serial/by-id/usb-Test_Scanner_A0001-if00
  [ward]=/dev/serial/by-id/usb-Test_Scanner_A0002-if00
  [sensor]=/dev/serial/by-id/usb-Test_Thermometer_T0001-if00
  [yard]=/dev/gatepost/scanner-platform-dummy_hcd.1-usb-0:1:1.0
  [side]=/dev/gatepost/scanner-platform-dummy_hcd.2-usb-0:1:1.0
)
# The device's own end: what is written there comes out of the daemon's.
declare -A own_end=()

make_gadgets() {
  modprobe dummy_hcd num=5
  modprobe libcomposite
  acm main 0x6666 0x7777 Scanner A0001
  acm ward 0x6666 0x7777 Scanner A0002
  acm sensor 0x1a86 0x55d4 Thermometer T0001
  hid yard 0x0c2e 0x0200 Keyboard-Scanner 1 8 keyboard
  hid side 0x0c2e 0x0201 POS-Scanner 0 64 pos
  local name
  for name in "${!socket[@]}"; do plug "$name"; done
}

# NAME VENDOR PRODUCT TITLE [SERIAL]
gadget() {
  local at=$gadgets/$1
  mkdir -p "$at/strings/0x409" "$at/configs/c.1"
  echo "$2" >"$at/idVendor"
  echo "$3" >"$at/idProduct"
  echo Test >"$at/strings/0x409/manufacturer"
  echo "$4" >"$at/strings/0x409/product"
  if [[ -n ${5:-} ]]; then echo "$5" >"$at/strings/0x409/serialnumber"; fi
}

# A serial device: NAME VENDOR PRODUCT TITLE SERIAL
acm() {
  gadget "$@"
  local function=$gadgets/$1/functions/acm.$1
  mkdir -p "$function"
  own_end[$1]=/dev/ttyGS$(<"$function/port_num")
  ln -s "$function" "$gadgets/$1/configs/c.1/"
}

# A HID device, without a serial number as most scanners: NAME VENDOR PRODUCT TITLE PROTOCOL REPORT-BYTES DESCRIPTOR
hid() {
  gadget "$1" "$2" "$3" "$4"
  local function=$gadgets/$1/functions/hid.$1 numbers
  mkdir -p "$function"
  echo "$5" >"$function/protocol"
  echo "$5" >"$function/subclass"
  echo "$6" >"$function/report_length"
  cat "$shown/$7.descriptor" >"$function/report_desc"
  numbers=$(<"$function/dev")
  own_end[$1]=/dev/hidg${numbers#*:}
  ln -s "$function" "$gadgets/$1/configs/c.1/"
}

plug() { echo "dummy_udc.${socket[$1]}" >"$gadgets/$1/UDC"; }
pull() { echo >"$gadgets/$1/UDC"; }
is_plugged() { [[ -n $(<"$gadgets/$1/UDC") ]]; }
is_there() { [[ -e ${link[$1]} ]]; }
is_gone() { ! is_there "$1"; }
is_taken() { is_there "$1" && daemon_has "${link[$1]}"; }
all_taken() {
  local name
  for name in "${!socket[@]}"; do is_taken "$name" || return 1; done
}

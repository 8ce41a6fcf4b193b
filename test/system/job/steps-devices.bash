# Every device and every way to move a line, once.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts of job share their names

install_fresh() {
  step 'scripts/install on a fresh machine does not start the example, and says what to do'
  "$project/scripts/install" >/run/install || broken "scripts/install failed: $(</run/install)"
  [[ $(</run/install) == *'gatepost keygen'*'gatepost config check'* ]] || broken "it says: $(</run/install)"
  ! systemctl --quiet is-active gatepost.service || broken 'the unit runs with a config nobody wrote'
  ! gatepost config check "$config" >/run/check 2>&1 || broken 'the example passes its check'

  step 'scripts/install with a config that is in order ends with an active unit'
  write_config
  "$project/scripts/install" >/run/install || broken "scripts/install failed: $(</run/install)"
  within 180 is_ready || broken 'the unit is not active'
  within 120 all_taken || broken "not every device was taken: $(ls -l /dev/gatepost /dev/serial/by-id)"
  all_at 0 main yard side ward || broken 'a line is not at rest after the start'

  step 'installing again changes nothing'
  local said
  said=$("$project/scripts/install")
  [[ $said == *$'\nnothing '* ]] || broken "the second installation changed something: $said"
}

passes_move_lines() {
  step 'a pass through ttyACM opens a line of onoff, which rests by itself'
  opens main 'a pass'
  rests main
  step 'a pass in HID-POS reports opens a line of leds (the kernel ends the pulse), which rests by itself'
  opens side 'a pass'
  rests side
  step 'a pass typed by a keyboard opens a line of gpiod, which rests by itself, and no key reaches the console'
  keyboard_is_silent
}

# The input device of the keyboard must give nothing while its scanner types; without `inhibited` it would.
keyboard_is_silent() {
  local inputs=(/sys/bus/hid/devices/0003:0C2E:0200.*/input/input*)
  local input=${inputs[0]} event
  [[ $(<"$input/inhibited") == 1 ]] || broken 'the keyboard is not inhibited'
  event=/dev/input/$(basename "$input"/event*)
  cat "$event" >/run/keys &
  local listener=$!
  opens yard 'a pass'
  rests yard
  [[ ! -s /run/keys ]] || broken 'keys of the scanner reached the input layer'
  echo 0 >"$input/inhibited"
  opens yard 'a pass with the keyboard let loose'
  echo 1 >"$input/inhibited"
  [[ -s /run/keys ]] || broken 'the listener hears no keys at all, so this step says nothing'
  kill "$listener"
  rests yard
}

foreheads_decide() {
  step 'at the thermometer a pass waits for a forehead; fever stays out, a good one comes in'
  sees nobody
  next_pass
  show ward
  stays_shut ward 3 'a pass without a forehead'
  sees fever
  stays_shut ward 8 'a forehead of 39 degrees'
  sees nobody
  pause 1
  next_pass
  show ward
  stays_shut ward 2 'a pass before its forehead'
  sees good
  within 60 level_is ward 1 || broken 'a good forehead did not open'
  opened[ward]=$((opened[ward] + 1))
  sees nobody
  rests ward
}

inputs_are_heard() {
  step 'door contact, tamper switch and fire contact'
  opens main 'a pass before the walk'
  drive 27 high
  pause 2
  drive 27 low
  rests main
  drive 5 high
  drive 6 high
  pause 2
  drive 5 low
  drive 6 low
  pause 2
  drive 27 high
  pause 2
  drive 27 low
  pause 2
  read_log
  [[ $(logged access.taken) == 1 ]] || broken 'the walk through the door was not noticed'
  grep 'door\.tamper' /run/events | grep -q TamperDetected || broken 'the tamper switch was not noticed'
  grep 'door\.fault' /run/events | grep -q fire_alarm || broken 'the fire contact was not noticed'
  grep 'door\.alarm' /run/events | grep -q DoorForcedOpen || broken 'the forced door was not noticed'
}

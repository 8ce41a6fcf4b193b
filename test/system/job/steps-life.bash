# The end of the daemon, and of the machine, in the middle of a release.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts of job share their names

# Three doors are released at once, each by another driver.
release_three() { open_together "$1" yard side main; }
comes_up() {
  within 180 is_ready || broken 'the unit did not come up'
  within 120 all_taken || broken 'not every device was taken'
  pause 1
}

ends_of_the_daemon() {
  step 'kill -9 in the middle of a release: onoff, gpiod and leds rest'
  release_three 'a pass before the kill'
  systemctl kill --kill-whom=main --signal=KILL gatepost.service
  within 5 all_at 0 main yard side || broken 'a line stayed released after kill -9'
  comes_up

  step 'systemctl stop in the middle of a release: onoff, gpiod and leds rest'
  release_three 'a pass before the stop'
  systemctl stop gatepost.service
  all_at 0 main yard side || broken 'a line stayed released after the stop'
  systemctl start gatepost.service
  comes_up

  step 'a daemon that hangs: gpiod and leds end their pulse themselves, onoff rests when the watchdog has struck'
  release_three 'a pass before the hang'
  kill -STOP "$(main_pid)"
  within 6 all_at 0 yard side || broken 'gpiod or leds did not end the pulse themselves'
  within 90 level_is main 0 || broken 'the line of onoff stayed released'
  comes_up
}

doctor_finds() {
  step 'doctor finds a fault that is planted'
  pull main
  within 10 is_gone main || broken 'the name of main stayed'
  if gatepost doctor --config "$config" >/run/doctor; then broken 'doctor found nothing'; fi
  grep -q "fail.*there is no ${link[main]}" /run/doctor || broken "doctor does not name the scanner: $(</run/doctor)"
  comes_back main
  pause 1
}

power_is_cut() {
  step 'nobody was granted but those who were meant to pass'
  check_grants
  step 'the power is cut in the middle of a release'
  opens main 'a pass before the power cut'
  printf '%s\n' "$(($(logged access.granted) + 1))" >"$share/granted"
  # The host sees this file and cuts the power; without a cut the test has failed.
  touch "$share/cut"
  sleep 60
  broken 'the power was not cut'
}

after_the_cut() {
  step 'after a power cut the lines rest and no granted event is lost'
  systemctl restart gatepost.service
  within 180 is_ready || broken 'the unit did not start after the power cut'
  all_at 0 main yard side ward || broken 'a line is not at rest after the power cut'
  read_log
  [[ $(logged access.granted) == $(<"$share/granted") ]] ||
    broken "there were $(<"$share/granted") granted events, now there are $(logged access.granted)"
  within 120 all_taken || broken 'not every device was taken'
  pause 1
  opens main 'a pass after the power cut'
  rests main
}

# Cables that come out while people pass.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts of job share their names

comes_back() {
  plug "$1"
  within 60 is_there "$1" || broken "the name of $1 did not come back"
  is_back_since "$(now_ms)" "$1" is_taken "$1"
}

# Measures the time from a device being there to the daemon having it open: SINCE-MS NAME COMMAND…
is_back_since() {
  local since=$1 name=$2 took
  shift 2
  within 60 "$@" || broken "$name was not taken again"
  took=$(($(now_ms) - since))
  printf '   %s: open again after %d ms\n' "$name" "$took"
  ((took <= again_ms)) || broken "$name took longer than $again_ms ms to be open again"
}

# DOOR OTHER: the scanner of DOOR is pulled in the middle of a pass while somebody passes at OTHER.
cable_of() {
  next_pass
  local half=$pass
  show "$1" first
  pull "$1"
  opens "$2" "a pass while the scanner of $1 is out"
  within 10 is_gone "$1" || broken "the name of $1 stayed"
  level_is "$1" 0 || broken "half a pass moved the line of $1"
  rests "$2"
  comes_back "$1"
  pass=$half
  show "$1" second
  stays_shut "$1" 2 'the other half of the pass'
  opens "$1" 'a pass after the cable was put back'
  rests "$1"
}

cables_come_out() {
  # again_ms: what a device may take to be in use again once it is back. Emulation takes its share of that.
  step "pulled and put back: half a pass opens nothing, others pass meanwhile, in use again within $again_ms ms"
  pull sensor
  within 10 is_gone sensor || broken 'the name of the thermometer stayed'
  pause 1
  next_pass
  show ward
  local asked=$SECONDS
  stays_shut ward 3 'a pass without a thermometer'
  sees good
  comes_back sensor
  stays_shut ward 2 'a forehead that nobody was asked for'
  sees nobody

  cable_of main yard
  cable_of yard side
  cable_of side main

  # Without a thermometer the guard was called; who is not answered within a minute has left.
  pause $((asked + 62 > SECONDS ? asked + 62 - SECONDS : 0))
  sees good
  opens ward 'a pass and a forehead after the thermometer was put back'
  sees nobody
  rests ward
}

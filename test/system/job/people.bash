# People at the scanners and at the thermometer. Each scanner stands at the door of its name.
# shellcheck shell=bash disable=SC2034,SC2154 # the parts of job share their names

forehead=/run/forehead
declare -A opened=([main]=0 [yard]=0 [side]=0 [ward]=0 [lobby]=0)

# Every showing is of another pass: the same one within three seconds would be the same showing.
next_pass() {
  pass=$(($(<"$share/pass") + 1))
  echo "$pass" >"$share/pass"
}

# Shows the present pass, or its `first` or `second` half: DOOR [HALF]
show() {
  local suffix=text size=1
  case $1 in
    yard) suffix=keys size=8 ;;
    side) suffix=pos size=64 ;;
  esac
  local file=$shown/$pass.$suffix
  local reports=$(($(stat -c %s "$file") / size))
  local from=0 count=$reports
  if [[ ${2:-} == first ]]; then count=$((reports / 2)); fi
  if [[ ${2:-} == second ]]; then from=$((reports / 2)); fi
  within 10 test -c "${own_end[$1]}" || broken "the scanner of $1 has no end of its own"
  # A scanner that nobody listens to would wait for ever. A line of text goes out in one piece.
  if ((size == 1)); then
    tail -c "+$((from + 1))" "$file" | head -c "$count" | timeout 10 dd of="${own_end[$1]}" bs=4096 status=none
  else
    timeout 10 dd if="$file" of="${own_end[$1]}" bs="$size" skip="$from" count="$count" status=none
  fi || broken "the scanner of $1 got rid of nothing"
}

# A fresh pass at each of these doors moves its line; they are shown one after the other, and a machine that is short of time
# may have the first at rest again before the last moves: then they are shown once more. WHEN DOOR…
open_together() {
  local when=$1 door try tries=1
  shift
  (($# == 1)) || tries=3
  for ((try = 1; try <= tries; try++)); do
    for door in "$@"; do
      next_pass
      show "$door"
      opened[$door]=$((opened[$door] + 1))
    done
    if within 60 all_at 1 "$@"; then return; fi
  done
  broken "$when: the line of $* did not move"
}
opens() { open_together "$2" "$1"; }
# The line of a door rests again, and the next person may come.
rests() {
  within 20 level_is "$1" 0 || broken "the line of $1 stayed released"
  pause 1.5
}
# Nothing moves this line for so many seconds: DOOR SECONDS WHEN
stays_shut() {
  if within "$2" level_is "$1" 1; then broken "$3: the line of $1 moved"; fi
}

sees() { echo "$1" >"$forehead"; }
# Ten frames a second of what is before the thermometer, as long as it is plugged in. Runs beside the steps.
play_thermometer() {
  local -a nobody good fever
  mapfile -t nobody <"$shown/nobody"
  mapfile -t good <"$shown/good"
  mapfile -t fever <"$shown/fever"
  local n=0 seen
  while :; do
    # The line is set up anew each time: unplugging hangs it up.
    if is_plugged sensor; then
      {
        stty raw -echo <&3
        while is_plugged sensor; do
          n=$(((n + 1) % 20))
          seen=$(<"$forehead")
          local -n frames=$seen
          printf '%b' "${frames[n]}" >&3 || break
          pause 0.09
        done
      } 3<>"${own_end[sensor]}" 2>/dev/null || true
    fi
    pause 0.1
  done
}

#!/bin/sh
# Prints the events of one gate as a table, without duplicates; names what is missing, and what came after all; at the end
# (^C) it counts who was let through. Needs Debian's mosquitto-clients and jq.
#
#   read-feed.sh willow-court/north [options of mosquitto_sub: -h HOST -p PORT -u USER …]
#
# The broker keeps what comes meanwhile for the session that is named after the user, so that it can be stopped and started.
set -eu
[ $# -ge 1 ] || { echo "usage: read-feed.sh <site>/<gate> [options of mosquitto_sub]" >&2; exit 2; }
gate=$1
shift
# Ends mosquitto_sub alone, so that jq can count.
trap '' INT TERM

# A number is missing from the moment a greater one comes until it comes itself; any other number below is a duplicate.
# shellcheck disable=SC2016 # The dollars are those of jq.
mosquitto_sub -V 5 -q 1 -c -x 86400 -i "read-feed-$(id -un)" -t "gates/v1/$gate/evt/+" "$@" | jq -nRr --unbuffered '
  def row($kind; $text): "\($kind) \($text)";
  foreach (inputs, null) as $line (
    { logs: {}, counts: {} };
    .said = [] |
    if $line == null then
      .said = [.counts | to_entries[] | row("count"; "\(.key) \(.value)")]
    else
      ($line | fromjson? // {}) as $event |
      if ($event.sequence | type) != "string" then .
      else
        "\($event.source) \($event.epoch)" as $log | ($event.sequence | tonumber) as $number |
        (.logs[$log] // { last: ($number - 1), missing: [] }) as $before |
        ($event.type | ltrimstr("io.gatepost.") | rtrimstr(".v1")) as $name |
        if $number <= $before.last and ($before.missing | index($number)) == null then .said = []
        else
          .logs[$log] = {
            last: ([$before.last, $number] | max),
            missing: (($before.missing - [$number]) + [range($before.last + 1; $number)])
          } |
          (if $number > $before.last + 1 then [row("missing"; "\($before.last + 1)-\($number - 1)")]
           elif $number <= $before.last then [row("came"; $number)] else [] end) as $gap |
          .said = $gap + [row("event"; "\($number) \($event.time) \($name) \($event.subject // "-") \($event.data.reason // "-")")] |
          if $name == "access.granted" or $name == "access.denied" or $name == "access.taken"
          then .counts["\($event.subject // "-") \($name)"] += 1 else . end
        end
      end
    end;
    .said[])'

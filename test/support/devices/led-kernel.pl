#!/usr/bin/perl
# Plays the kernel behind one folder of /sys/class/leds, as drivers/leds/led-class.c, led-core.c and
# trigger/ledtrig-oneshot.c do it: 0 in brightness takes the trigger away and ends a blink; a trigger brings its own
# files; a shot during a blink is ignored; delay_off 0 means never off; the switch comes one tick late.
# usage: led-kernel.pl FOLDER [GRANT_MS]   GRANT_MS: how long the trigger's files cannot be written, as before udev
use strict;
use warnings;
use Time::HiRes qw(time usleep);

my ($folder, $grant_ms) = (@ARGV, 0);
my ($armed, $grant_at, $on_at, $off_at, $idle_at) = (0, 0, 0, 0, 0);

# The kernel writes without a line end, so a file that has one was written by another program.
sub put {
  my ($name, $text) = @_;
  open my $file, '>', "$folder/.new" or return;
  print $file $text;
  close $file;
  rename "$folder/.new", "$folder/$name";
}
sub get {
  my ($name) = @_;
  open my $file, '<', "$folder/$name" or return '';
  return <$file> // '';
}
sub number { my ($text) = get($_[0]) =~ /(\d+)/; return $text // 0 }
sub disarm {
  ($armed, $grant_at, $on_at, $off_at, $idle_at) = (0, 0, 0, 0, 0);
  unlink map { "$folder/$_" } qw(delay_on delay_off shot);
  put('trigger', '[none] timer oneshot');
}
# One after the other, as udev gives them.
sub give_files {
  put('delay_on', 100);
  usleep(20_000) if $grant_ms;
  put('delay_off', 100);
  usleep(20_000) if $grant_ms;
  put('shot', ' ');
  $grant_at = 0;
}

mkdir $folder;
put('max_brightness', 255);
put('brightness', 0);
disarm();
put('ready', 1);
while (-d $folder) {
  my $now = time;
  if (get('trigger') eq "oneshot\n") {
    unlink map { "$folder/$_" } qw(delay_on delay_off shot);
    put('brightness', 0);
    ($armed, $on_at, $off_at, $idle_at) = (1, 0, 0, 0);
    $grant_at = $now + $grant_ms / 1000;
    give_files() unless $grant_ms;
    put('trigger', 'none timer [oneshot]');
  }
  disarm() if $armed && get('brightness') eq "0\n";
  give_files() if $grant_at && $now >= $grant_at;
  if ($armed && get('shot') eq "1\n") {
    put('shot', ' ');
    $on_at = $now + 0.004 unless $on_at || $idle_at;
  }
  if ($on_at && $now >= $on_at) {
    my ($on, $off) = (number('delay_on'), number('delay_off'));
    put('brightness', number('max_brightness'));
    $on_at = 0;
    ($off_at, $idle_at) = ($now + $on / 1000, $now + ($on + $off) / 1000) if $off;
  }
  if ($off_at && $now >= $off_at) { put('brightness', 0); $off_at = 0 }
  $idle_at = 0 if $idle_at && $now >= $idle_at;
  usleep(500);
}

#!/usr/bin/perl
# Plays gpioset, gpioget, gpiomon, gpiofind and gpioinfo of libgpiod, 1.6 and 2, on one line: BCM 17, offset 17 of gpiochip0.
# It accepts only the options of the two generations. The folder in FAKE_GPIO has the state:
#   version   what --version says       broken    if it exists, the line cannot be taken
#   persist   if it exists, the line keeps its level when its process is gone, as on Raspberry Pi kernels
#   level     "PID LEVEL": what the last process drove         input   the level driven from outside
#   calls     every call with its arguments, one per line
use strict;
use warnings;
use Fcntl qw(:flock);
use Getopt::Long qw(:config bundling no_ignore_case no_auto_abbrev require_order);
use Time::HiRes qw(sleep stat);

my $world = $ENV{FAKE_GPIO} or die "FAKE_GPIO is not set\n";
my ($tool) = $0 =~ m{([^/.]+)[^/]*$};
my $version = slurp('version');
my $is2 = $version =~ /^2/;
append('calls', join(' ', $tool, @ARGV));

sub slurp { open my $f, '<', "$world/$_[0]" or return ''; local $/; my $t = <$f> // ''; $t =~ s/\s+$//; $t }
sub append { open my $f, '>>', "$world/$_[0]" or die; print $f "$_[1]\n" }
sub put { open my $f, '>', "$world/$_[0].$$" or die; print $f $_[1]; close $f; rename "$world/$_[0].$$", "$world/$_[0]" }
sub fail { print STDERR "$tool: error: $_[0]\n"; exit 1 }

my %o;
my %options = (
  'gpioset 1' => ['active-low|l', 'bias|B=s', 'drive|D=s', 'mode|m=s', 'sec|s=i', 'usec|u=i', 'background|b'],
  'gpioset 2' => ['active-low|l', 'bias|b=s', 'by-name', 'chip|c=s', 'consumer|C=s', 'drive|d=s', 'hold-period|p=s',
    'strict|s', 'toggle|t=s', 'unquoted', 'daemonize|z', 'banner'],
  'gpioget 1' => ['active-low|l', 'bias|B=s'],
  'gpioget 2' => ['active-low|l', 'as-is|a', 'bias|b=s', 'by-name', 'chip|c=s', 'consumer|C=s', 'hold-period|p=s',
    'numeric|N', 'strict|s', 'unquoted'],
  'gpiomon 1' => ['active-low|l', 'bias|B=s', 'num-events|n=i', 'silent|s', 'rising-edge|r', 'falling-edge|f',
    'line-buffered|b', 'format|F=s'],
  'gpiomon 2' => ['active-low|l', 'bias|b=s', 'banner', 'by-name', 'chip|c=s', 'consumer|C=s', 'edges|e=s',
    'event-clock|E=s', 'debounce-period|p=s', 'format|F=s', 'localtime', 'num-events|n=i', 'quiet|silent|q',
    'strict|s', 'unquoted', 'utc', 'idle-timeout=s'],
  'gpiofind 1' => [],
  'gpioinfo 1' => [],
  'gpioinfo 2' => ['chip|c=s', 'strict|s', 'unquoted|Q'],
);
my $known = $options{"$tool " . ($is2 ? 2 : 1)} or fail('not part of this version');
GetOptions(\%o, 'version|v', @$known) or exit 1;
if ($o{version}) { print "$tool (libgpiod) v$version\n"; exit 0 }

# Line 4 as upstream device trees call it; a second chip has a line 4, too.
if ($tool eq 'gpioinfo') {
  for my $chip ([0, 58], [1, 8]) {
    print "gpiochip$chip->[0] - $chip->[1] lines:\n";
    for my $at (0 .. $chip->[1] - 1) {
      my $name = $chip->[0] == 1 ? "EXP$at" : $at == 4 ? 'GPIO_GCLK' : "GPIO$at";
      print $is2 ? "\tline  $at:\t\"$name\"        \tinput\n" : "\tline  $at:     \"$name\"       unused   input  active-high \n";
    }
  }
  exit 0;
}
if ($tool eq 'gpiofind') { $ARGV[0] =~ /^GPIO(17|27)$/ or exit 1; print "gpiochip0 $1\n"; exit 0 }

# The line, as this generation names it.
if (!$is2) { my $chip = shift @ARGV // ''; fail("cannot find chip $chip") unless $chip eq 'gpiochip0' }
my ($name, $level) = split /=/, ($ARGV[0] // ''), 2;
fail("cannot find line '$name'") unless $name =~ ($is2 ? qr/^GPIO(17|27)$/ : qr/^(17|27)$/);
fail('line is missing') if @ARGV != 1;

sub milliseconds { $_[0] =~ /^(\d+)(ms|s)?$/ or fail("invalid period: $_[0]"); $2 && $2 eq 's' ? $1 * 1000 : $1 }

fail('unable to request lines: Input/output error') if -e "$world/broken";
open my $lock, '>>', "$world/lock" or die;
flock($lock, LOCK_EX | LOCK_NB) or fail('unable to request lines: Device or resource busy');
# The name under which the kernel shows a line in /proc/PID/fd once it is set and taken.
my $line;
sub take { open $line, '>>', "$world/anon_inode:gpio-line" or die }

if ($tool eq 'gpioget') { print slurp('input'), "\n"; exit 0 }
if ($tool eq 'gpiomon') {
  $| = 1;
  my $last = slurp('input');
  append('calls', 'gpiomon watches');
  take();
  for (;;) {
    sleep 0.002;
    my $now = slurp('input');
    next if $now eq $last || $now eq '';
    $last = $now;
    print +($now eq '1' ? 1 : $is2 ? 2 : 0), "\n";
  }
}
fail("invalid value: $level") unless defined $level && $level =~ /^[01]$/;
# A real one takes a moment until it has the line.
sleep 0.002;
put('level', "$$ $level");
take();
if ($is2) {
  sleep(milliseconds($o{'hold-period'}) / 1000) if defined $o{'hold-period'};
  exit 0 if defined $o{toggle} && $o{toggle} eq '0';
  sleep 3600 while 1;
}
my $mode = $o{mode} // 'exit';
exit 0 if $mode eq 'exit';
if ($mode eq 'time') { sleep(($o{sec} // 0) + ($o{usec} // 0) / 1e6); exit 0 }
fail("invalid mode: $mode") unless $mode eq 'signal';
sleep 3600 while 1;

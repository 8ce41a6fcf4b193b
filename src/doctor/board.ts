import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

/** Kernel and board. Gatepost runs on any Linux; only GPIO needs a Pi. */
export function checkBoard(machine: Machine): Finding[] {
  const kernel = machine.read('/proc/sys/kernel/osrelease') ?? 'unknown';
  const model = machine.read('/proc/device-tree/model') ?? 'no Raspberry Pi';
  const [major = 0, minor = 0] = kernel.split('.').map(Number);
  // The drivers need evdev's `inhibited` (5.11) and the second GPIO interface (5.10).
  if (major < 5 || (major === 5 && minor < 11)) {
    return [warn('kernel', `Linux ${kernel} on ${model} is old.`, 'Install the present Raspberry Pi OS.')];
  }
  return [ok('kernel', `Linux ${kernel} on ${model}.`)];
}

/** Bits of `vcgencmd get_throttled`: 0 to 3 now, 16 to 19 since the start. */
const THROTTLING = [
  { bit: 0, what: 'under-voltage', fix: 'Use the supply made for this Pi and a short, thick cable.' },
  { bit: 1, what: 'a capped processor', fix: 'Cool the Pi, or give it the supply made for it.' },
  { bit: 2, what: 'a throttled processor', fix: 'Cool the Pi, or give it the supply made for it.' },
  { bit: 3, what: 'the soft temperature limit', fix: 'Cool the Pi.' },
] as const;

/** Power supply and heat, as the firmware of a Pi reports them. */
export async function checkPower(machine: Machine): Promise<Finding[]> {
  const said = await machine.run('vcgencmd', ['get_throttled']);
  const heat = checkHeat(machine);
  if (said === undefined) return [...checkVoltage(machine), ...heat];
  const bits = Number(/^throttled=(0x[0-9a-f]+)$/i.exec(said)?.[1] ?? Number.NaN);
  if (Number.isNaN(bits))
    return [warn('power', `vcgencmd said "${said.slice(0, 40)}".`, 'Update the firmware.')];
  const now = THROTTLING.filter(({ bit }) => bits & (1 << bit));
  const before = THROTTLING.filter(({ bit }) => !(bits & (1 << bit)) && bits & (1 << (bit + 16)));
  return [
    ...now.map(({ what, fix }) => fail('power', `The Pi suffers from ${what} now.`, fix)),
    ...before.map(({ what, fix }) => warn('power', `The Pi has had ${what} since it started.`, fix)),
    ...(now.length + before.length === 0 ? [ok('power', 'Neither under-voltage nor throttling.')] : []),
    ...heat,
  ];
}

/** The kernel's own sign, used if the firmware's program is missing or not permitted. */
function checkVoltage(machine: Machine): Finding[] {
  const sensor = machine
    .list('/sys/class/hwmon')
    .map((name) => `/sys/class/hwmon/${name}`)
    .find((folder) => machine.read(`${folder}/name`) === 'rpi_volt');
  if (sensor === undefined) return [];
  if (machine.read(`${sensor}/in0_lcrit_alarm`) !== '1')
    return [ok('power', 'The kernel sees no under-voltage.')];
  return [fail('power', 'The Pi suffers from under-voltage now or has since it started.', THROTTLING[0].fix)];
}

/** From 80 °C on a Pi reduces its speed, from 85 °C on strongly. */
const WARM_C = 75;
const HOT_C = 80;

function checkHeat(machine: Machine): Finding[] {
  const zones = machine.list('/sys/class/thermal').filter((name) => /^thermal_zone\d+$/.test(name));
  const hottest = Math.max(
    ...zones.map((zone) => Number(machine.read(`/sys/class/thermal/${zone}/temp`) ?? Number.NaN) / 1000),
  );
  const fix = 'Give it air and shade; a fan must not blow at the thermometer.';
  const text = `The processor has ${hottest.toFixed(0)} °C.`;
  if (hottest >= HOT_C) return [fail('heat', text, fix)];
  return hottest >= WARM_C ? [warn('heat', text, fix)] : [];
}

import { runFleet } from './run-fleet.ts';

const SIZE = { passages: 30, seconds: 60, ackSeconds: 15 };

const [words = '500'] = process.argv.slice(2);
const gates = Number(words);
if (!Number.isInteger(gates) || gates < 1 || gates > 2000) {
  console.error('Usage: scripts/fleet [N], N gates from 1 to 2000.');
  process.exit(2);
}
const ms = (value: number): string => `${Math.round(value)} ms`;
const result = await runFleet({ ...SIZE, gates }, (line) => console.log(line));
const { sent, stored, twice, granted, gaps, alarms, caughtUpMs, latencyMs, obeyedMs, obeyed, again } = result;
const asked = gates * SIZE.passages;
console.log(`passages             ${granted} granted of ${asked} that were asked for`);
console.log(`sent                 ${sent} events in the logs of ${gates} gates`);
console.log(`received             ${stored}, of them twice: ${twice}`);
console.log(`gaps                 ${gaps}; alarms: ${alarms.join(', ') || 'none'}`);
console.log(`caught up            ${ms(caughtUpMs)} after the last passage`);
console.log(
  `gate to database     half in ${ms(latencyMs[0])}, 95 % in ${ms(latencyMs[1])}, 99 % in ${ms(latencyMs[2])}, restarts included`,
);
console.log(
  `lockdown             ${obeyed} obey: half in ${ms(obeyedMs[0])}, 99 % in ${ms(obeyedMs[1])}, all in ${ms(obeyedMs[2])}`,
);
console.log(
  `database lost        ${again.stored} of ${again.left} events again ${ms(again.tookMs)} after the server was started, other than at the gate: of ${again.unlike} gates`,
);
console.log(
  `purged               ${again.purged} of ${again.ended} events named, in ${again.ranges} ranges; other than at the gate: of ${again.misnamed} gates`,
);
console.log(
  `                     gaps ${again.gaps}; alarms: ${again.alarms.join(', ') || 'none'}; ${again.believed} gates went on telling what it had before`,
);
const isRight = stored === sent && twice === 0 && gaps === 0;
const isObeyed = obeyed === gates && obeyedMs[1] <= 2000;
const isFull = again.stored === again.left && again.unlike === 0 && again.misnamed === 0 && again.gaps === 0;
const isBelieved = again.tookBack === gates && again.believed === 0 && again.fellAgain === 0;
process.exitCode = isRight && isObeyed && isFull && isBelieved ? 0 : 1;

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureBacklog } from './backlog.ts';
import { measureCamera } from './camera.ts';
import { measureHistory } from './history.ts';
import { measureIdle } from './idle.ts';
import { measureGrowth, measureLatency } from './latency.ts';
import { measureLists } from './lists.ts';
import { measureMuster } from './muster.ts';
import { measureNeighbours } from './neighbours.ts';
import { measureOverwriting } from './overwriting.ts';
import { measurePages } from './pages.ts';
import { measurePeers } from './peers/peers.ts';
import { measureWriteBeforeAct } from './peers/write-before-act.ts';
import { measureProfile } from './profile/profile.ts';
import { measureLane } from './queue/queue-lane.ts';
import { type Line, printLines } from './report.ts';
import { measureRetention } from './retention.ts';
import { measureScreens } from './screens.ts';
import { measureStart } from './start.ts';
import { measureSustained } from './sustained.ts';
import { measureTalk } from './talk.ts';
import { measureUplinkBacklog, measureUplinkFaults } from './uplink-faults.ts';

const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: {
    days: { type: 'string', default: '400' },
    passages: { type: 'string', default: '27000' },
    keep: { type: 'string' },
    resume: { type: 'string' },
    full: { type: 'boolean', default: false },
  },
});
const { keep, resume } = values;
const sizes = {
  days: Number(values.days),
  passages: Number(values.passages),
  ...(keep === undefined ? {} : { keep }),
  ...(resume === undefined ? {} : { resume }),
};

const BENCHES: Readonly<Record<string, () => Promise<readonly Line[]>>> = {
  latency: measureLatency,
  growth: measureGrowth,
  sustained: measureSustained,
  backlog: measureBacklog,
  start: measureStart,
  lists: measureLists,
  history: measureHistory,
  camera: measureCamera,
  idle: measureIdle,
  neighbours: measureNeighbours,
  screens: measureScreens,
  pages: measurePages,
  'uplink-faults': measureUplinkFaults,
  'uplink-backlog': measureUplinkBacklog,
  overwriting: measureOverwriting,
  muster: measureMuster,
  profile: measureProfile,
  lane: measureLane,
  talk: measureTalk,
  peers: () => measurePeers(values.full),
  strace: measureWriteBeforeAct,
  retention: () => measureRetention(sizes),
};

const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}

console.log(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}\n`,
);
const lines: Line[] = [];
for (const [name, measure] of Object.entries(BENCHES)) {
  // The one that takes hours runs only when it is asked for.
  if (wanted.length > 0 ? !wanted.includes(name) : name === 'retention') continue;
  console.log(`${name}`);
  const startMs = performance.now();
  lines.push(...(await measure()));
  console.log(`  took ${((performance.now() - startMs) / 1000).toFixed(0)} s\n`);
}
printLines(lines);
process.exitCode = lines.every(({ reached }) => reached) ? 0 : 1;

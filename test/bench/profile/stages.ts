import { readFileSync } from 'node:fs';

/** A function by its name, as the profiler gives it. */
interface Frame {
  readonly functionName: string;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: Frame;
  readonly children?: readonly number[];
}

/** The part of a `.cpuprofile` that is read here: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/ */
interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  /** Node of each sample, and the microseconds before it. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/**
 * The stages of a passage, each with the functions in which it happens. A sample belongs to the innermost function that is
 * named here. What comes behind the lock has its line too: it is the processor time of the same passage.
 */
export const STAGES: Readonly<Record<string, readonly string[]>> = {
  'reading from the line': ['#run', 'receive'],
  'decoding: base45, CBOR, form': ['parsePass', 'judgeCodeText', 'codeKey'],
  signature: ['verifySignature'],
  'look-ups in SQLite': ['#lookUp', 'findHolder', 'isWritable'],
  'decision and its machine': ['evaluate', 'decide', 'stepPassage', '#carryOut', '#begin'],
  'event and hash': ['dataOf', 'sealEvent', 'eventsOf', 'effectsOf'],
  'statements of the commit': ['#counted'],
  'begin and commit, with the sync': ['sqliteTransaction'],
  'mark beside the log': ['note'],
  level: ['writeLevel'],
  'screens, counts, states': ['show', '#apply', 'tell', 'onCounted', 'list', 'decided'],
  'sending: event and states': ['#fill', 'uncork', '#afterAnswer', 'onStreamRead'],
  'lock back to rest': ['#tryRest', '#onAccessEnd'],
  'collection of garbage': ['(garbage collector)'],
  'everything else': ['(root)'],
};

/** Not the program's: waiting, and what the profiler itself does. */
const NOBODYS = ['(idle)', '(program)'];

/** Microseconds of processor time of each stage, from `fromS` seconds after the start of the profile. */
export function timeOfStages(file: string, fromS: number): ReadonlyMap<string, number> {
  const { nodes, startTime, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
  const stageOf = new Map(
    Object.entries(STAGES).flatMap(([stage, names]) => names.map((name) => [name, stage])),
  );
  const stages = new Map<number, string | undefined>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const place = (id: number, above: string | undefined): void => {
    const node = byId.get(id);
    if (node === undefined) return;
    const { functionName } = node.callFrame;
    const own = NOBODYS.includes(functionName) ? undefined : (stageOf.get(functionName) ?? above);
    stages.set(id, own);
    for (const child of node.children ?? []) place(child, own);
  };
  const [root] = nodes;
  if (root !== undefined) place(root.id, undefined);
  const times = new Map<string, number>(Object.keys(STAGES).map((stage) => [stage, 0]));
  let atUs = startTime;
  samples.forEach((id, i) => {
    const us = timeDeltas[i] ?? 0;
    atUs += us;
    const stage = stages.get(id);
    if (stage !== undefined && atUs - startTime > fromS * 1e6) times.set(stage, (times.get(stage) ?? 0) + us);
  });
  return times;
}

import { DaemonProcess } from '../daemon.ts';
import { countAsPublished, freshFolder } from '../filled-store.ts';
import { Lane } from '../lane.ts';
import { GATE, SITE } from '../pass-supply.ts';
import { findPython, type Interpreter, NODE, ScriptProcess } from './script-process.ts';

/** Bytes of an admission's row. */
const ROW_BYTES = 1_000;

/** A program that runs. */
export interface Running {
  readonly readyAfterMs: number;
  /** MB (10^6 bytes). */
  residentMb(): number;
  /** Milliseconds since its start. */
  processorMs(): number;
  stop(): Promise<void>;
}

/** One of those that are measured side by side. */
export interface Peer {
  readonly name: string;
  readonly lane: Lane;
  /** Where its events are published. */
  readonly topic: string;
  readonly start: () => Promise<Running>;
}

interface Surroundings {
  readonly folder: string;
  /** Of the daemon. Its events of before count as published. */
  readonly store: string;
  readonly issuerKey: string;
  readonly brokerPort: number;
}

export const NODE_SCRIPT = 'bare Node';
export const PYTHON_SCRIPT = 'Python';
export const GATEPOST = 'Gatepost';

/** The scripts and the shipped daemon; Python, where it lacks something, is left out and said to be. */
export async function openPeers(surroundings: Surroundings): Promise<readonly Peer[]> {
  const python = findPython();
  if ('missing' in python)
    console.log(`  Python [skipped: ${python.missing} not installed (Debian packages)]`);
  return [
    await scriptPeer(NODE_SCRIPT, NODE, surroundings),
    ...('missing' in python ? [] : [await scriptPeer(PYTHON_SCRIPT, python, surroundings)]),
    await daemonPeer(surroundings),
  ];
}

async function scriptPeer(
  name: string,
  interpreter: Interpreter,
  { folder, issuerKey, brokerPort }: Surroundings,
): Promise<Peer> {
  const id = name.replace(' ', '-').toLowerCase();
  const lane = await Lane.open(id, folder, true);
  const topic = topicOf(id);
  const { scanner, thermometer = '', levelFile } = lane.devices;
  const settings = {
    scanner,
    thermometer,
    levelFile,
    database: `${folder}/${id}.db`,
    issuerKey,
    brokerPort,
    topic,
    rowBytes: ROW_BYTES,
  };
  return { name, lane, topic, start: () => ScriptProcess.start(interpreter, settings) };
}

async function daemonPeer({ store, issuerKey, brokerPort }: Surroundings): Promise<Peer> {
  countAsPublished(store);
  const folder = freshFolder('peers-daemon');
  const lane = await Lane.open('gatepost', folder, true);
  const start = (): Promise<Running> =>
    DaemonProcess.start({
      folder,
      store,
      lanes: [{ ...lane.devices, screened: false }],
      issuerKey,
      brokerUrl: `mqtt://127.0.0.1:${brokerPort}`,
      nodeArguments: process.env.BENCH_NODE_ARGUMENTS?.split(' ') ?? [],
    });
  return { name: GATEPOST, lane, topic: topicOf(GATE), start };
}

function topicOf(gate: string): string {
  return `gates/v1/${SITE}/${gate}/evt/access`;
}

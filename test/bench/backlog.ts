import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { databasePath, openForReading } from '../../src/adapters/sqlite/database.ts';
import { Mosquitto } from '../support/broker/mosquitto.ts';
import type { Received, ReceiverOrder } from './backlog-receiver.child.ts';
import { DaemonProcess } from './daemon.ts';
import { fillStore, freshFolder, publishAgain } from './filled-store.ts';
import { PassSupply } from './pass-supply.ts';
import { atLeast, atMost, type Line, median } from './report.ts';

const EVENTS = 200_000;
/** The daemon's own window, and mosquitto's Receive Maximum. */
const WINDOW = 20;
/** In turn, so that whatever else the machine does hits both alike. */
const RUNS = 3;

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** How fast a backlog reaches a broker on this machine, against mqtt.js alone. */
export async function measureBacklog(): Promise<readonly Line[]> {
  const store = freshFolder('backlog');
  await fillStore(store, { events: EVENTS, holders: 0 });
  // No queue in the broker that could overflow: what is lost is lost by the publisher.
  const broker = await Mosquitto.start({
    lines: ['max_queued_messages 0', `max_inflight_messages ${WINDOW}`],
  });
  const receiver = fork(path('./backlog-receiver.child.js'), [broker.url]);
  try {
    await once(receiver, 'message');
    const body = sampleBody(store);
    const bareMs: number[] = [];
    const ownMs: number[] = [];
    const memoryMb: number[] = [];
    let outOfOrder = 0;
    for (let run = 0; run < RUNS; run++) {
      bareMs.push((await runBare(receiver, broker.url, body)).ms);
      const own = await runDaemon(receiver, broker.url, store);
      ownMs.push(own.received.ms);
      outOfOrder += own.received.outOfOrder;
      memoryMb.push(own.afterMb);
      publishAgain(store);
    }
    const share = (median(bareMs) / median(ownMs)) * 100;
    const rate = (times: readonly number[]): string => `${(EVENTS / (median(times) / 1000)).toFixed(0)} /s`;
    const afterMb = median(memoryMb);
    return [
      atLeast(
        'backlog of 200,000 events, share of mqtt.js alone, medians',
        share,
        80,
        `${rate(ownMs)} / ${rate(bareMs)} = ${share.toFixed(0)} %`,
        ' %',
      ),
      atMost('backlog: events lost or out of order', outOfOrder, 0, String(outOfOrder)),
      atMost('memory after the drain, median', afterMb, 130, `${afterMb.toFixed(0)} MB`, ' MB'),
    ];
  } finally {
    receiver.disconnect();
    await broker.stop();
  }
}

async function received(receiver: ChildProcess, expect: number): Promise<Received> {
  const answer = once(receiver, 'message');
  receiver.send({ expect } satisfies ReceiverOrder);
  const [message] = await answer;
  return message as Received;
}

async function runBare(receiver: ChildProcess, url: string, body: string): Promise<Received> {
  const answer = received(receiver, EVENTS);
  const bare = spawn(
    process.execPath,
    [path('./backlog-bare.child.js'), url, String(EVENTS), String(WINDOW), body],
    { stdio: 'inherit' },
  );
  await once(bare, 'exit');
  return answer;
}

async function runDaemon(
  receiver: ChildProcess,
  url: string,
  store: string,
): Promise<{ received: Received; afterMb: number }> {
  const folder = freshFolder('backlog-daemon');
  // What the daemon writes at its start comes after the backlog and is not waited for.
  const answer = received(receiver, EVENTS);
  const daemon = await DaemonProcess.start({
    folder,
    store,
    lanes: [{ scanner: 'simulated', levelFile: `${folder}/level` }],
    issuerKey: new PassSupply().publicKey,
    brokerUrl: url,
  });
  try {
    const result = await answer;
    return { received: result, afterMb: daemon.residentMb() };
  } finally {
    await daemon.stop();
  }
}

/** An event as it lies in the store. */
function sampleBody(store: string): string {
  const database = openForReading(databasePath(store));
  try {
    const sql = "SELECT CAST(body AS TEXT) AS body FROM event WHERE name = 'access.granted' LIMIT 1";
    return database.prepare<[], { body: string }>(sql).get()?.body ?? '';
  } finally {
    database.close();
  }
}

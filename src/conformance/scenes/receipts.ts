import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { HostileGate } from '../hostile-gate.ts';
import type { Kit, Scene } from '../kit.ts';
import { holds, isWhole } from './feed.ts';

const said = (gate: HostileGate): string => `its receipts were ${JSON.stringify(gate.receipts)}`;

/**
 * One a second, where a busy machine stretches the three seconds in which the events come, and never one for every other
 * event.
 */
function mostReceipts({ receipts: list, last }: HostileGate): number {
  const seconds = ((list.at(-1)?.atMs ?? 0) - (list[0]?.atMs ?? 0)) / 1000;
  return Math.max(5, Math.min(seconds, last / 2));
}

const receipts: Scene = {
  name: 'receipts',
  claims: {
    99: {
      anchor: 'receipts',
      sentence: 'retained, QoS 1, JSON with `epoch` and `upTo`.',
      claim: 'a receipt comes, with epoch and upTo',
    },
    100: {
      anchor: 'receipts',
      sentence: 'retained, QoS 1, JSON with `epoch` and `upTo`.',
      claim: 'the broker keeps it, and it has QoS 1',
    },
    101: {
      anchor: 'receipts',
      sentence:
        '*I have every event of this gate up to `upTo` for good, or I know that it cannot be had any more.*',
      claim: 'no receipt goes beyond a gap',
    },
    102: {
      anchor: 'receipts',
      sentence:
        'A gate ignores, and names in its journal once, a receipt of a server that it does not know, of an epoch that its log never had, with a number beyond its last event, or of another form.',
      claim: 'every receipt is of the form, of an epoch of the gate, and not beyond its last event',
    },
    103: {
      anchor: 'receipts',
      sentence: 'I have every event of this gate up to `upTo` for good',
      claim: 'within an epoch upTo never falls',
    },
    104: {
      anchor: 'receipts',
      sentence: 'a few times a minute at most',
      claim: 'events that come one by one do not each have a receipt',
    },
    105: {
      anchor: 'receipts',
      sentence: 'Send one after what was received is on disk',
      claim: 'what the receipt names is held',
    },
    106: {
      anchor: 'receipts',
      sentence: "`<server>` is one of the ids in `uplink.servers` of the gate's config.",
      claim: 'all receipts have one server name, of the form of an id',
    },
  },
  async play(kit) {
    const gate = await kit.running('acks', 4);
    const came = await kit.receives(gate, () => gate.receipts.some(({ upTo }) => upTo === 4));
    kit.decide(99, came, said(gate));
    const rows = Array.from({ length: 4 }, (_, at) => gate.row(at + 1)).filter((row) => row !== undefined);
    kit.decide(105, came && (await holds(kit, gate, rows)), 'it does not hold what it has acknowledged');
    const kept = await retainedOn(kit, `${gate.root}/ack/+`);
    kit.decide(
      100,
      kept && gate.receipts.every(({ qos }) => qos === 1),
      `${kept ? 'kept' : 'not kept'}; ${said(gate)}`,
    );

    const stream = await kit.running('stream', 1);
    for (let count = 0; count < 40; count += 1) {
      await stream.send([stream.write()]);
      await pause(75);
    }
    const ended = await kit.receives(stream, () => stream.receipts.some(({ upTo }) => upTo === stream.last));
    kit.decide(104, ended && stream.receipts.length <= mostReceipts(stream), said(stream));

    const holes = await kit.gate('ackgap');
    holes.onReplay = async () => undefined;
    await holes.tell('init');
    const all = [holes.begin(), ...holes.writeMany(9)];
    await holes.send(all.filter(({ sequence }) => sequence !== 6));
    await kit.receives(holes, () => holes.receipts.some(({ upTo }) => upTo === 5));
    // A receipt for what it has got behind the gap comes by another way than its answer.
    await kit.question.until(
      () => kit.question.event(holes, holes.epoch, holes.last),
      (event) => event !== undefined,
    );
    await pause(1_000);
    const before = holes.receipts.map(({ upTo }) => upTo ?? 0);
    kit.decide(101, before.includes(5) && Math.max(...before) <= 5, said(holes));
    await holes.send([...all.filter(({ sequence }) => sequence === 6), holes.write()]);
    await kit.receives(holes, () => holes.receipts.some(({ upTo }) => upTo === 11));

    const gates = [gate, stream, holes];
    kit.decide(
      102,
      gates.every(
        (one) =>
          one.receipts.length > 0 &&
          one.receipts.every(
            ({ epoch, upTo }) => epoch === one.epoch && upTo !== undefined && upTo >= 0 && upTo <= one.last,
          ),
      ),
      gates.map(said).join('; '),
    );
    kit.decide(
      103,
      gates.every(({ receipts: list }) =>
        list.every(({ upTo }, at) => at === 0 || (upTo ?? 0) >= (list[at - 1]?.upTo ?? 0)),
      ),
      gates.map(said).join('; '),
    );
    const servers = new Set(gates.flatMap((one) => one.receipts.map(({ server }) => server)));
    kit.decide(
      106,
      servers.size === 1 && [...servers].every((server) => /^[a-z0-9-]{1,32}$/.test(server)),
      `it called itself ${[...servers].join(', ')}`,
    );
  },
};

/** Whether the broker keeps something on a topic. */
async function retainedOn(
  { settings: { broker, connection }, question }: Kit,
  topic: string,
): Promise<boolean> {
  const client = await mqtt.connectAsync(broker, { ...connection, protocolVersion: 5, clean: true });
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const timer = setTimeout(() => resolve(false), question.patienceMs);
      client.on('message', (_topic, payload, { retain }) => {
        clearTimeout(timer);
        resolve(retain && payload.length > 0);
      });
      client.subscribeAsync(topic, { qos: 1 }).catch(reject);
    });
  } finally {
    await client.endAsync(true);
  }
}

const restart: Scene = {
  name: 'a server that is restarted',
  isLast: true,
  claims: {
    107: {
      anchor: 'receipts',
      sentence: 'I have every event of this gate up to `upTo` for good',
      claim: 'what was acknowledged is held after a restart',
    },
    108: {
      anchor: 'how-a-server-closes-a-gap',
      sentence: 'What is missing between the begin and the largest number seen is a gap',
      claim: 'what came during the restart is had afterwards',
    },
    109: {
      anchor: 'what-a-server-is-asked',
      sentence: 'stays until a person ends it',
      claim: 'alarms outlive a restart',
    },
    110: {
      anchor: 'commands',
      sentence: 'each command of a key has a greater one than the command before',
      claim: 'the counter goes on after a restart',
    },
  },
  async play(kit) {
    const { restart: again } = kit.settings;
    if (again === undefined) {
      for (const number of [107, 108, 109, 110])
        kit.skip(number, 'nobody said how the server is restarted (--restart)');
      return;
    }
    const gate = await kit.running('restart', 12);
    gate.rewind(11);
    await gate.send([gate.write(undefined, { data: { door: 'main', state: 'Fault' } })]);
    const hole = gate.writeMany(2);
    await gate.send(gate.writeMany(1));
    await kit.believes(109, gate, (belief) => belief.upTo === 15 && belief.alarms.includes('two-gates'));
    await kit.receives(gate, () => gate.receipts.some(({ upTo }) => upTo === 15));
    const acked = Math.max(0, ...gate.receipts.map(({ upTo }) => upTo ?? 0));
    const counters = gate.requests.map(({ counter }) => counter);
    const restarted = again();
    await gate.send(gate.writeMany(5));
    await restarted;
    gate.writeMany(3);
    await kit.question.until(
      () => kit.question.get('/healthz'),
      ({ status }) => status === 200,
    );
    await gate.send(gate.writeMany(1));
    const first = Array.from({ length: 11 }, (_, at) => gate.row(at + 1)).filter((row) => row !== undefined);
    kit.decide(
      107,
      acked === 15 && (await holds(kit, gate, [...first, ...hole])),
      `it had acknowledged up to ${acked}, and does not hold all of that`,
    );
    await kit.believes(108, gate, isWhole(24));
    await kit.believes(109, gate, ({ alarms }) => alarms.includes('two-gates'));
    const later = gate.requests.slice(counters.length);
    kit.decide(
      110,
      later.length > 0 &&
        later.every(({ counter, refusal }) => counter > Math.max(...counters) && refusal === undefined),
      `it sent ${JSON.stringify(gate.requests)}`,
    );
  },
};

export const RECEIPT_SCENES: readonly Scene[] = [receipts, restart];

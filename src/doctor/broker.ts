import { MAX_BUNDLE_BYTES } from '../core/bundle/bundle.ts';
import { messageOf } from '../core/errors.ts';
import type { Broker, BrokerConnection } from '../ports/broker.ts';
import { type Finding, fail, inTime, ok, warn } from './finding.ts';

const ANSWER_MS = 10_000;
/** A broker sends retained messages right after the subscription; the largest list is 16 MiB. */
const LIST_MS = 3_000;

export interface BrokerFacts {
  /** With another client id than the gate's: a second client of that name would disconnect the running gate. */
  readonly broker: Broker;
  readonly protocol: 4 | 5;
  /** `gates/v1/<site>/<gate>` */
  readonly root: string;
  /** Topics of the signed lists that the gate reads; none if it accepts no lists. */
  readonly lists: readonly string[];
  /** What else it reads there. */
  readonly reads: readonly BrokerRead[];
}

/** A topic that the gate must be able to read. */
interface BrokerRead {
  readonly topic: string;
  /** What comes from there, for the sentence. */
  readonly what: string;
  /** Whether something is retained there once the site is set up, so that it is a bad sign where nothing comes. */
  readonly isKept: boolean;
}

/** What a gate reads beside the lists. @param servers whether the site names servers; @param commands whether it obeys */
export function readsOf(
  { site, gate }: { readonly site: string; readonly gate: string },
  { servers, commands }: { readonly servers: boolean; readonly commands: boolean },
): readonly BrokerRead[] {
  const root = `gates/v1/${site}/${gate}`;
  return [
    ...(servers ? [{ topic: `${root}/ack/+`, what: 'receipt of a server', isKept: true }] : []),
    ...(commands
      ? [
          { topic: `${root}/cmd/+`, what: 'command', isKept: false },
          { topic: `gates/v1/${site}/_cmd/site`, what: 'order to the whole site', isKept: false },
        ]
      : []),
  ];
}

/** Size that the daily counts of a large site come near; other events have 1 to 2 KB. */
const EVENT_BYTES = 8_192;
/** The largest signed list and its topic. */
const LIST_BYTES = MAX_BUNDLE_BYTES + 1024;

/** What a gate publishes below its root, and nothing else (config/broker/README.md). */
const GROUPS = ['evt', 'state', 'alert'];

/** Whether the broker accepts this gate, and lets it publish and read what the contract needs. */
export async function checkBroker({ broker, protocol, root, lists, reads }: BrokerFacts): Promise<Finding[]> {
  const before = protocol === 4 ? [oldProtocol()] : [];
  const limit = AbortSignal.timeout(ANSWER_MS);
  const connect = (signal: AbortSignal) => broker.connect(emptyAt(`${root}/state/doctor`), signal);
  let connection: BrokerConnection;
  try {
    connection = await connect(limit);
  } catch (error) {
    const meanwhile = 'meanwhile the gate works and keeps its events.';
    const silent = `The broker ${broker.address} did not answer within ${ANSWER_MS / 1000} s.`;
    return [
      ...before,
      limit.aborted
        ? fail('broker', silent, `Check mqtt.url, network and firewall; ${meanwhile}`)
        : fail('broker', messageOf(error), `Mend that; ${meanwhile}`),
    ];
  }
  try {
    const findings = [...before, ok('broker', `${broker.address} lets this gate in.`)];
    findings.push(...checkSize(connection.maximumPacketSize, lists.length > 0));
    const checks = [
      ...GROUPS.map((group) => (fresh: BrokerConnection) => checkPublish(fresh, `${root}/${group}/doctor`)),
      ...(lists.length > 0 ? [(fresh: BrokerConnection) => checkLists(fresh, lists)] : []),
      ...reads.map((read) => (fresh: BrokerConnection) => checkRead(fresh, read)),
    ];
    for (const check of checks) {
      // A connection for each check: some brokers disconnect after a refusal.
      await connection.close();
      try {
        connection = await connect(AbortSignal.timeout(ANSWER_MS));
      } catch (error) {
        const fix = 'Let the gate connect as often as it needs; it does so after each loss.';
        return [...findings, fail('broker', `It lets this gate in no more: ${messageOf(error)}`, fix)];
      }
      findings.push(await check(connection));
    }
    return findings;
  } finally {
    await connection.close();
  }
}

/** Whether the messages of a gate, and the lists it reads, fit into the packets that the broker accepts. */
function checkSize(limit: number | undefined, readsLists: boolean): Finding[] {
  const takes = `The broker takes packets of at most ${limit} bytes`;
  if (limit === undefined) return [];
  if (limit < EVENT_BYTES) {
    const text = `${takes}; an event may have ${EVENT_BYTES}. One that is longer waits, and all behind it.`;
    return [fail('broker', text, `Raise max_packet_size of the broker to at least ${EVENT_BYTES}.`)];
  }
  if (!readsLists || limit >= LIST_BYTES) return [];
  const text = `${takes}; a signed list may have ${LIST_BYTES}. A longer one never reaches this gate, and nobody is told.`;
  return [warn('broker', text, 'Raise max_packet_size of the broker to 17000000.')];
}

function oldProtocol(): Finding {
  return warn(
    'broker',
    'mqtt.protocol is 4: a broker of MQTT 3.1.1 acknowledges even what its access list forbids, so events may be lost unseen. The delayed last will and the reasons of refusals are lost too.',
    'Use a broker that speaks MQTT 5 and set mqtt.protocol to 5.',
  );
}

async function checkPublish(connection: BrokerConnection, topic: string): Promise<Finding> {
  const fix = `Allow the gate to write ${topic.slice(0, topic.lastIndexOf('/'))}/# in the broker's access list.`;
  try {
    const answer = await inTime(connection.publish(emptyAt(topic)), ANSWER_MS);
    if (answer.status !== 'stored')
      return fail('broker', `Publishing to ${topic} is refused: ${answer.detail}.`, fix);
  } catch (error) {
    return fail('broker', `Publishing to ${topic} is not answered: ${messageOf(error)}`, fix);
  }
  const sure = connection.protocolVersion === 5;
  return ok(
    'broker',
    `Publishing to ${topic} is ${sure ? 'allowed' : 'acknowledged, which proves nothing'}.`,
  );
}

/** As for lists: a subscription that is refused is certain, one that is accepted proves something where something comes. */
async function checkRead(
  connection: BrokerConnection,
  { topic, what, isKept }: BrokerRead,
): Promise<Finding> {
  const fix = `Allow the gate to read ${topic} in the broker's access list.`;
  const came = new AbortController();
  try {
    await inTime(
      connection.subscribe([topic], () => came.abort()),
      ANSWER_MS,
    );
  } catch (error) {
    return fail('broker', `It does not let this gate read ${topic}: ${messageOf(error)}`, fix);
  }
  if (isKept && !came.signal.aborted) await untilAborted(came.signal, LIST_MS);
  if (came.signal.aborted) return ok('broker', `Reading ${topic} is allowed: a ${what} came.`);
  if (isKept) {
    const text = `No ${what} came from ${topic}: there is none yet, or the access list forbids it.`;
    return warn('broker', text, `Look whether a server sends receipts there, retained. ${fix}`);
  }
  return ok(
    'broker',
    `Reading ${topic} is accepted; mosquitto says so also where its access list forbids it.`,
  );
}

/** Some brokers (mosquitto) accept a subscription that their access list forbids, and then send nothing. */
async function checkLists(connection: BrokerConnection, lists: readonly string[]): Promise<Finding> {
  const folder = `${lists[0]?.slice(0, lists[0].lastIndexOf('/'))}/+`;
  const fix = `Allow the gate to read ${folder} in the broker's access list.`;
  const came = new AbortController();
  try {
    await inTime(
      connection.subscribe(lists, () => came.abort()),
      ANSWER_MS,
    );
  } catch (error) {
    return fail('broker', messageOf(error), fix);
  }
  if (!came.signal.aborted) await untilAborted(came.signal, LIST_MS);
  if (came.signal.aborted) return ok('broker', `Signed lists come from ${folder}.`);
  return warn(
    'broker',
    `No signed list came from ${folder}: there is none yet, or the access list forbids it.`,
    `Publish the lists with retain. ${fix}`,
  );
}

/** Not retained and empty, so that nothing stays at the broker. */
function emptyAt(topic: string) {
  return { topic, payload: new Uint8Array(), retain: false };
}

function untilAborted(signal: AbortSignal, atMostMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, atMostMs);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

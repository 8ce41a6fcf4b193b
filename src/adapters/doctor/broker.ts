import { messageOf } from '../../core/errors.ts';
import type { Broker, BrokerConnection } from '../../ports/broker.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const ANSWER_MS = 10_000;

export interface BrokerFacts {
  /** With another client id than the gate's: a second client of that name would throw the running gate out. */
  readonly broker: Broker;
  readonly protocol: 4 | 5;
  /** `gates/v1/<site>/<gate>` */
  readonly root: string;
}

/** Whether the broker lets this gate in, and lets it publish and read what the contract needs. */
export async function checkBroker({ broker, protocol, root }: BrokerFacts): Promise<Finding[]> {
  const before = protocol === 4 ? [oldProtocol()] : [];
  let connection: BrokerConnection;
  try {
    connection = await broker.connect(emptyAt(`${root}/state/doctor`), AbortSignal.timeout(ANSWER_MS));
  } catch (error) {
    const fix = 'Meanwhile the gate works and keeps its events.';
    return [...before, fail('broker', messageOf(error), fix)];
  }
  try {
    const findings = [...before, ok('broker', `${broker.address} lets this gate in.`)];
    for (const group of ['evt', 'state', 'rsp'])
      findings.push(await checkPublish(connection, `${root}/${group}/doctor`, root));
    findings.push(await checkRead(connection, root));
    return findings;
  } finally {
    await connection.close();
  }
}

function oldProtocol(): Finding {
  return warn(
    'broker',
    'mqtt.protocol is 4: a broker of MQTT 3.1.1 acknowledges even what its access list forbids, so events may be lost unseen. The delayed last will and the reasons of refusals are lost too.',
    'Use a broker that speaks MQTT 5 and set mqtt.protocol to 5.',
  );
}

async function checkPublish(connection: BrokerConnection, topic: string, root: string): Promise<Finding> {
  const fix = `Allow the gate to write ${root}/# in the broker's access list.`;
  try {
    const answer = await inTime(connection.publish(emptyAt(topic)));
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

async function checkRead(connection: BrokerConnection, root: string): Promise<Finding> {
  const topics = [`${root}/cmd/#`, `${root}/ack`];
  try {
    await inTime(connection.subscribe(topics, () => undefined));
    return ok('broker', `Reading ${topics.join(' and ')} is allowed.`);
  } catch (error) {
    return fail('broker', messageOf(error), `Allow the gate to read ${root}/# in the broker's access list.`);
  }
}

/** Not retained and without content: nothing stays at the broker. */
function emptyAt(topic: string) {
  return { topic, payload: new Uint8Array(), retain: false };
}

/** A broker that never answers must not keep the doctor waiting. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer within 10 s.')), ANSWER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

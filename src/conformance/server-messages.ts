import type { IPublishPacket } from 'mqtt';
import type { ListedKey } from '../core/bundle/trust-content.ts';
import { judgeCommand } from '../core/command/judge-command.ts';
import { readCommand } from '../core/command/read-command.ts';

/** A range of rows, both ends included. */
interface Wanted {
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

/** A command for `replay` as it came. */
export interface ReplayRequest {
  /** What it asks for; undefined if it cannot be read. */
  readonly wanted: Wanted | undefined;
  /** Why a gate would refuse it; undefined: it would do it. Without the key of the server only the form is looked at. */
  readonly refusal: string | undefined;
  readonly site: string;
  readonly gate: string | undefined;
  readonly counter: number;
  readonly lifeS: number;
  readonly qos: number;
  readonly retain: boolean;
  readonly responseTopic: string | undefined;
  readonly correlation: Buffer | undefined;
  readonly atMs: number;
}

/** A receipt as it came; `upTo` and `epoch` are undefined where it is not of the form. */
export interface ReceivedReceipt {
  readonly server: string;
  readonly epoch: string | undefined;
  readonly upTo: number | undefined;
  readonly qos: number;
  readonly atMs: number;
}

/** The gate that a command came to. */
interface Addressed {
  readonly site: string;
  readonly gate: string;
  /** Keys that may order a replay; empty: any. */
  readonly keys: readonly ListedKey[];
  /** The last one that a command had. */
  readonly counter: number;
}

/** Reads a command for `replay`, and judges it as a gate would. */
export function readReplay(
  payload: Buffer,
  { qos, retain, properties }: IPublishPacket,
  addressed: Addressed,
): ReplayRequest {
  const { responseTopic, correlationData: correlation } = properties ?? {};
  const how = { qos, retain, responseTopic, correlation, atMs: performance.now() };
  const reading = readCommand(payload);
  if (reading.status === 'refused') {
    const nothing = { wanted: undefined, site: '', gate: undefined, counter: 0, lifeS: 0 };
    return { ...nothing, ...how, refusal: reading.refusal };
  }
  const { head, order } = reading.read;
  const { site, gate, counter, notBefore, notAfter } = head;
  const { keys } = addressed;
  const clock = { wallMs: Date.now(), monotonicMs: performance.now(), quality: 'synced' } as const;
  const judged = judgeCommand(reading.read, {
    ...{ site: addressed.site, gate: addressed.gate, keys, clock },
    lastCounter: () => addressed.counter,
    goodFromMs: 0,
  });
  const wrongWay = retain ? 'retained' : order?.verb === 'replay' ? undefined : 'wrong_topic';
  const refused = keys.length > 0 && judged.status === 'refused' ? judged.refusal : undefined;
  const wanted = order?.verb === 'replay' ? order.arguments : undefined;
  const lifeS = notAfter - notBefore;
  return { wanted, refusal: wrongWay ?? refused, site, gate, counter, lifeS, ...how };
}

/** Reads a receipt. @param server the word after `ack/` */
export function readReceipt(server: string, payload: Buffer, { qos }: IPublishPacket): ReceivedReceipt {
  const how = { server, qos, atMs: performance.now() };
  try {
    const { epoch, upTo } = JSON.parse(payload.toString('utf8'));
    if (typeof epoch === 'string' && Number.isSafeInteger(upTo)) return { ...how, epoch, upTo };
  } catch {
    // It is counted as one of another form.
  }
  return { ...how, epoch: undefined, upTo: undefined };
}

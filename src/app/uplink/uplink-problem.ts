import { GatepostError, messageOf } from '../../core/errors.ts';
import type { PublishAnswer } from '../../ports/broker.ts';

/** Why no events are sent; solved when everything up to `sequence` is stored. */
export interface UplinkProblem {
  readonly error: GatepostError;
  readonly sequence: number;
  /** Monotonic milliseconds until which no events are sent. */
  readonly untilMs: number;
}

type NotStored = Exclude<PublishAnswer, { status: 'stored' }>;

/** The reason code of MQTT for a packet over the broker's limit. */
const TOO_LARGE = 0x95;

/** Why the broker refuses a state, as the second half of a sentence that begins with the topic. */
export function stateRefusal({ code, detail }: NotStored): string {
  return code === TOO_LARGE ? `${detail}.` : `${detail}. Allow this gate to publish there.`;
}

/** The error for an event that the broker refuses and would refuse again. */
export function eventRefused(topic: string, sequence: number, { code, detail }: NotStored): GatepostError {
  const text =
    code === TOO_LARGE
      ? `The broker refuses event ${sequence} on ${topic}: ${detail}. Nothing is lost; it and all behind it wait.`
      : `The broker refuses events on ${topic}: ${detail}. Nothing is lost; they wait. Allow this gate to publish there.`;
  return new GatepostError('broker.refused', text);
}

export function eventsBusy({ detail }: NotStored): GatepostError {
  return new GatepostError(
    'broker.refused',
    `The broker takes no events just now: ${detail}. Nothing is lost; they are sent again by themselves.`,
  );
}

/** The text for a message after which the broker closes the connection each time. */
export const HANGS_UP = 'it ends the connection each time that is sent';

export function eventHangsUp(topic: string, sequence: number): GatepostError {
  return new GatepostError(
    'broker.refused',
    `The broker refuses event ${sequence} on ${topic}: ${HANGS_UP}. Nothing is lost; it and all behind it wait. Allow this gate to publish there.`,
  );
}

export function logFailed(thrown: unknown): GatepostError {
  if (thrown instanceof GatepostError) return thrown;
  return new GatepostError('log.unavailable', `The event log failed: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}

import { GatepostError } from '../../src/core/errors.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import {
  type Gm65Command,
  HEARTBEAT,
  readZone,
  SAVE,
  SET_UP_CODES_OFF,
  writeZone,
  ZONE,
} from './gm65-codec.ts';

const HEARTBEAT_PERIOD_MS = 10_000;
/** So many unanswered heartbeats in a row are a hang. */
const HEARTBEATS_MISSED_MAX = 3;

/** Sends one command; see Gm65Commander.send(). */
export type SendGm65 = (command: Gm65Command) => Promise<number>;

/**
 * Makes the module ignore set-up codes: anybody can show it one. Its flash is written only when it has to be, because
 * this runs at every start, and only when the module has really changed its mind.
 * @throws GatepostError `device.failed` when it has not
 */
export async function switchSetUpCodesOff(send: SendGm65): Promise<void> {
  const zone = await send(readZone(ZONE.setUpCodes));
  if ((zone & SET_UP_CODES_OFF) !== 0) return;
  await send(writeZone(ZONE.setUpCodes, zone | SET_UP_CODES_OFF));
  const changed = await send(readZone(ZONE.setUpCodes));
  if ((changed & SET_UP_CODES_OFF) === 0) {
    throw new GatepostError(
      'device.failed',
      'The scanner says that it ignores set-up codes now, but it does not. Show it the code "set-up codes: off" of its manual, and set disableSetUpCodes: false.',
    );
  }
  await send(SAVE);
}

/** Asks the module every ten seconds whether it lives: a scanner that hangs is silent like one with nobody before it. */
export class Gm65Heartbeat {
  readonly #clock: Clock;
  readonly #send: SendGm65;
  readonly #onDead: (error: unknown) => void;
  #cancel: Cancel | undefined;
  #missed = 0;
  #stopped = false;

  constructor(options: { clock: Clock; send: SendGm65; onDead: (error: unknown) => void }) {
    this.#clock = options.clock;
    this.#send = options.send;
    this.#onDead = options.onDead;
  }

  start(): void {
    if (this.#stopped || this.#cancel !== undefined) return;
    this.#cancel = this.#clock.schedule(HEARTBEAT_PERIOD_MS, () => {
      void this.#beat();
    });
  }

  /** Idempotent, and for good. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #beat(): Promise<void> {
    try {
      await this.#send(HEARTBEAT);
      this.#missed = 0;
    } catch (error) {
      this.#missed += 1;
      if (this.#missed >= HEARTBEATS_MISSED_MAX && !this.#stopped) {
        this.stop();
        this.#onDead(error);
        return;
      }
    }
    this.#cancel = undefined;
    this.start();
  }
}

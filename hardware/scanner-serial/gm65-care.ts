import { GatepostError, isGatepostError } from '../../src/core/errors.ts';
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
/** This many unanswered heartbeats in a row mean that the module hangs. */
const HEARTBEATS_MISSED_MAX = 3;

/** Sends one command; see Gm65Commander.send(). */
type SendGm65 = (command: Gm65Command) => Promise<number>;

/** Whether the module has to save its settings and has not confirmed it yet. */
export interface SaveOwed {
  saveOwed: boolean;
}

/**
 * Makes the module ignore set-up codes, because anybody can show it one. Its flash is written only if necessary,
 * because this runs at every start, and only after the module has accepted the change. The command to save is repeated
 * if the module does not confirm it, also at the next opening. Until then it gets its old value back, so that the next
 * start of this program sees what is still to be done.
 * @throws GatepostError `device.failed` if it did not work
 */
export async function switchSetUpCodesOff(send: SendGm65, memory: SaveOwed): Promise<void> {
  const zone = await send(readZone(ZONE.setUpCodes));
  if ((zone & SET_UP_CODES_OFF) !== 0) {
    if (memory.saveOwed) await save(send, memory);
    return;
  }
  await send(writeZone(ZONE.setUpCodes, zone | SET_UP_CODES_OFF));
  const changed = await send(readZone(ZONE.setUpCodes));
  if ((changed & SET_UP_CODES_OFF) === 0) {
    throw new GatepostError(
      'device.failed',
      'The scanner says that it ignores set-up codes now, but it does not. Show it the code "set-up codes: off" of its manual, and set disableSetUpCodes: false.',
    );
  }
  memory.saveOwed = true;
  try {
    await save(send, memory);
  } catch (error) {
    await send(writeZone(ZONE.setUpCodes, zone));
    throw error;
  }
}

/** @throws GatepostError `device.failed` if the module does not confirm that it has saved */
async function save(send: SendGm65, memory: SaveOwed): Promise<void> {
  try {
    await send(SAVE);
  } catch (error) {
    if (!isGatepostError(error, 'device.failed')) throw error;
    // A module that is still starting ignores commands.
    await send(SAVE);
  }
  memory.saveOwed = false;
}

/**
 * Sends the module a heartbeat every ten seconds: a scanner that hangs is as silent as an unused one. It also checks
 * the settings, because the module may have been replaced or reset without notice.
 */
export class Gm65Heartbeat {
  readonly #clock: Clock;
  readonly #send: SendGm65;
  readonly #lookAfter: () => Promise<void>;
  readonly #onDead: (error: unknown) => void;
  #cancel: Cancel | undefined;
  #missed = 0;
  #stopped = false;

  constructor(deps: {
    clock: Clock;
    send: SendGm65;
    lookAfter: () => Promise<void>;
    onDead: (error: unknown) => void;
  }) {
    this.#clock = deps.clock;
    this.#send = deps.send;
    this.#lookAfter = deps.lookAfter;
    this.#onDead = deps.onDead;
  }

  start(): void {
    if (this.#stopped || this.#cancel !== undefined) return;
    this.#cancel = this.#clock.schedule(HEARTBEAT_PERIOD_MS, () => {
      void this.#beat();
    });
  }

  /** Stops it for good. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #beat(): Promise<void> {
    try {
      await this.#send(HEARTBEAT);
      await this.#lookAfter();
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

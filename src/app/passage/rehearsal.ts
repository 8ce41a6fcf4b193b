import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { AccessPointFacts } from '../../core/decision/decision.ts';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import { createSigner, type Signer, signPass } from '../../core/pass/issue-pass.ts';
import { createTrust } from '../../core/pass/read-pass.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import type { Cancel, Clock, Standstills } from '../../ports/clock.ts';
import type { EventLog, LogRehearsal } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { PassMemory } from '../../ports/rule-store.ts';
import type { Door } from '../door/door.ts';
import { EventWriter } from '../log/event-writer.ts';
import type { HolderLookup } from '../rules/holder-lookup.ts';
import { CodeIntake } from './code-intake.ts';
import { PassageEvaluator } from './evaluator.ts';
import { PassageRunner, type PassageTimes } from './passage-runner.ts';
import { ScannedCodes } from './scanned-codes.ts';

/** Passages before the gate is ready: from the third on they take as long as all later ones. */
const PASSAGES = 3;
/** While nobody comes, one more now and then: what has not run for long is forgotten again. */
const AGAIN_MS = 60_000;
const DAY_S = 86_400;

interface RehearsalDeps {
  readonly accessPoint: AccessPointFacts;
  readonly times: PassageTimes;
  readonly site: string;
  readonly gate: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly recordDegrees: boolean;
  readonly door: Pick<Door, 'mode' | 'hasContact' | 'physical' | 'isContactSilent'>;
  readonly policy: () => PolicyLevel;
  readonly holders: HolderLookup;
  readonly passMemory: PassMemory;
  readonly log: EventLog;
  readonly rehearsed: LogRehearsal;
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
  /** Whether somebody is at the gate: nobody waits for a rehearsal. */
  readonly isBusy: () => boolean;
  /** A new passage id. */
  readonly newId: () => string;
  readonly digestSalt: Uint8Array;
}

/**
 * Dry runs of a passage before the gate is ready, and while nobody comes, so that the first person hardly waits longer than
 * the next: code that has run before is compiled, and pages that were read before are in memory. A pass signed by a key that
 * is thrown away is read, checked, decided about by the rules in force, and recorded in a transaction that is taken back.
 * This runner has no lock, no screen and no timers, and its key is in no list but its own.
 */
export class Rehearsal implements Lifecycle {
  readonly #deps: RehearsalDeps;
  #cancel: Cancel | undefined;

  constructor(deps: RehearsalDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel !== undefined) return;
    const signer = createSigner(generateKeyPairSync('ed25519').privateKey);
    for (let passage = 1; passage < PASSAGES; passage++) if (!this.#play(signer)) return;
    this.#goOn(signer);
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #goOn(signer: Signer): void {
    const { clock, isBusy } = this.#deps;
    if (!isBusy() && !this.#play(signer)) return;
    this.#cancel = clock.schedule(AGAIN_MS, () => this.#goOn(signer));
  }

  /** Returns whether to go on. Whatever goes wrong here is logged: a person may still be let through. */
  #play(signer: Signer): boolean {
    const atMs = this.#deps.clock.read().monotonicMs;
    try {
      this.#intake(signer).take({ type: 'code', text: this.#pass(signer), beganMs: atMs, atMs });
      return true;
    } catch (error) {
      // A log that cannot be written is told by its own watch.
      if (isGatepostError(error, 'log.unavailable')) return true;
      this.#deps.logger.warn({ err: error }, `The rehearsal of a passage failed: ${messageOf(error)}`);
      return false;
    }
  }

  #pass(signer: Signer): string {
    const issuedAt = Math.floor(this.#deps.clock.read().wallMs / 1000);
    return signPass(
      {
        site: this.#deps.site,
        issuedAt: issuedAt - DAY_S,
        expiresAt: issuedAt + DAY_S,
        passId: randomBytes(8).toString('hex'),
        kind: 'resident',
        holderRef: randomBytes(6).toString('hex'),
        windows: [{ dayMask: 0x7f, startMinute: 0, endMinute: 1440 }],
      },
      signer,
    );
  }

  #intake({ publicKey }: Signer): CodeIntake {
    const { accessPoint, door, rehearsed, logger, clock: realClock } = this.#deps;
    const clock: Clock = { read: () => realClock.read(), schedule: () => () => undefined };
    const log: EventLog = {
      commit: (entry) => rehearsed.rehearse(entry),
      recent: () => [],
      isWritable: () => this.#deps.log.isWritable(),
      writeTimes: () => this.#deps.log.writeTimes(),
      probe: () => undefined,
    };
    const trust = createTrust([{ publicKey, name: 'rehearsal', status: 'active' }]);
    const common = { ...this.#deps, clock, log };
    const evaluator = new PassageEvaluator({
      ...common,
      trust: () => trust,
      service: { isEnabled: true },
      lockOut: { isLocked: false },
      screening: { sensor: undefined, take: () => ({ class: 'skipped' }) },
    });
    const runner = new PassageRunner({
      ...common,
      notes: new EventWriter({ clock, log, logger }),
      door: {
        hasContact: door.hasContact,
        physical: door.physical,
        isContactSilent: door.isContactSilent,
        unmoved: () => undefined,
      },
      board: { list: () => undefined },
      onCounted: () => undefined,
      place: {
        station: {
          evaluate: (passage, outcome) => evaluator.evaluate(passage, outcome),
          turnedAway: (passage) => evaluator.turnedAway(passage),
          forgetReadings: () => undefined,
          admitReadings: () => undefined,
          show: () => undefined,
          showOneAtATime: () => undefined,
        },
        release: () => undefined,
        written: () => undefined,
        unwritten: () => false,
      },
    });
    return new CodeIntake({
      ...common,
      accessPoint: accessPoint.id,
      codes: new ScannedCodes({ ...common, accessPoint: accessPoint.id }),
      noise: {
        takes: () => false,
        answered: () => undefined,
        unanswered: () => undefined,
        tell: () => undefined,
      },
      selfService: { takes: () => false },
      openGate: { takes: () => undefined },
      lockOut: {
        isLocked: false,
        onOver: () => undefined,
        isTry: () => false,
        answerLate: () => false,
        bad: () => undefined,
        good: () => undefined,
        dropLate: () => false,
      },
      evaluator,
      runner,
      musters: { ticksAt: () => false, seen: () => undefined },
    });
  }
}

import { createHash } from 'node:crypto';
import { decide } from '../core/decision/decide.ts';
import type { AccessPointFacts, DecisionResult } from '../core/decision/decision.ts';
import type { Effect } from '../core/decision/effect.ts';
import { readPass, type Trust } from '../core/pass/read-pass.ts';
import type { Passage, PassageInput, PassageRecord } from '../core/passage/passage.ts';
import type { PolicyLevel } from '../core/policy/policy.ts';
import { type ScreeningOutcome, screeningMode } from '../core/screening/screening.ts';
import type { ClockReading } from '../core/time/clock-reading.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { PassMemory } from '../ports/pass-memory.ts';
import type { PassageFacts } from './access-record.ts';
import type { Door } from './door.ts';
import type { ScreeningStation } from './screening-station.ts';

/** A code that was just shown. Its text is gone when the input it belongs to is dealt with. */
export interface ShownCode {
  readonly id: string;
  readonly text: string;
  /** Characters, or bytes where they were no text. */
  readonly length: number;
  readonly clock: ClockReading;
}

export interface PassageCasesOptions {
  readonly accessPoint: AccessPointFacts;
  readonly site: string;
  readonly gate: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly trust: () => Trust;
  readonly policy: () => PolicyLevel;
  readonly passMemory: PassMemory;
  readonly log: EventLog;
  readonly door: Door;
  readonly screening: ScreeningStation;
  readonly clock: Clock;
  /** Salt of this start: digests of unreadable texts cannot be compared across starts or looked up in tables. */
  readonly digestSalt: Uint8Array;
}

/** Gathers what is known of the passage at one access point and asks decide() about it. */
export class PassageCases {
  readonly #o: PassageCasesOptions;
  #facts: PassageFacts | undefined;
  #shownAt: ClockReading | undefined;

  constructor(options: PassageCasesOptions) {
    this.#o = options;
  }

  get current(): PassageFacts | undefined {
    return this.#facts;
  }

  /** The passage is over: nothing of it is kept in memory. */
  close(): void {
    this.#facts = undefined;
    this.#shownAt = undefined;
  }

  /** What is known of a passage; a new one is read from the code that was just shown. */
  factsOf(passage: string, shown: ShownCode | undefined): PassageFacts {
    if (this.#facts?.passage === passage) return this.#facts;
    const own = shown?.id === passage ? shown : undefined;
    const pass = own === undefined ? undefined : readPass(own.text, this.#o.trust());
    this.#shownAt = own?.clock;
    this.#facts = {
      ...this.#blank(passage, own),
      pass,
      unreadable: pass?.status === 'unreadable' && own !== undefined ? this.#digest(own) : undefined,
      sensor: this.#o.screening.sensor,
    };
    return this.#facts;
  }

  /** Facts of somebody who came while another person's passage is under way: that one stays the current one. */
  turnedAway(passage: string, shown: ShownCode | undefined): PassageFacts {
    const blank = this.#blank(passage, shown);
    return shown === undefined ? blank : { ...blank, unreadable: this.#digest(shown) };
  }

  evaluate(
    passage: Passage,
    shown: ShownCode | undefined,
    screening: ScreeningOutcome | undefined,
  ): Extract<PassageInput, { type: 'decided' }> {
    const facts = this.factsOf(passage.id, shown);
    const known = this.#screeningFor(facts, screening, passage.attempts + 1);
    const result = this.#decide(facts, known);
    this.#facts = {
      ...facts,
      screeningMode: result.screeningMode,
      effects: result.effects,
      ...(known === undefined ? {} : { screening: known }),
    };
    return {
      type: 'decided',
      outcome: result.outcome,
      reason: result.reason,
      reasons: result.reasons,
      screening: known,
    };
  }

  /** The reading to decide with: the one handed over, or a fresh one if this pass needs any. */
  #screeningFor(
    facts: PassageFacts,
    screening: ScreeningOutcome | undefined,
    attempts: number,
  ): ScreeningOutcome | undefined {
    const { pass, policy } = facts;
    if (pass?.status !== 'verified') return undefined;
    const mode = screeningMode(policy.screening, this.#o.accessPoint.direction, pass.claims.kind);
    if (mode === 'off') return undefined;
    const outcome = screening ?? this.#o.screening.take();
    return outcome === undefined || outcome.class === 'skipped' ? outcome : { ...outcome, attempts };
  }

  #decide(facts: PassageFacts, screening: ScreeningOutcome | undefined): DecisionResult {
    const { site, gate, timeZone, accessPoint, door, log, passMemory, clock } = this.#o;
    const pass =
      facts.pass ?? ({ status: 'unreadable', reason: 'gp:MalformedPass', detail: 'no pass' } as const);
    return decide({
      pass,
      site,
      gate,
      timeZone,
      accessPoint,
      doorMode: door.mode,
      policy: facts.policy,
      // A phone code is as fresh as when it was shown: measuring takes longer than one step of it.
      clock: this.#shownAt ?? clock.read(),
      screening: screening === undefined ? { state: 'pending' } : { state: 'done', outcome: screening },
      stepSeen:
        pass.status === 'verified' &&
        pass.step !== undefined &&
        passMemory.stepSeen(pass.claims.passId, pass.step),
      logWritable: log.isWritable(),
    });
  }

  #blank(passage: string, shown: ShownCode | undefined): PassageFacts {
    return {
      passage,
      pass: undefined,
      unreadable: undefined,
      policy: this.#o.policy(),
      screeningMode: 'off',
      screening: undefined,
      sensor: undefined,
      effects: [],
      readAtMs: (shown?.clock ?? this.#o.clock.read()).monotonicMs,
    };
  }

  #digest(shown: ShownCode): { length: number; digest: string } {
    const hash = createHash('sha256').update(this.#o.digestSalt).update(shown.text);
    return { length: shown.length, digest: hash.digest('hex').slice(0, 16) };
  }
}

/** The state changes that go into the same transaction as a record. What happens at the door changes nothing more. */
export function effectsOf(facts: PassageFacts, record: PassageRecord): readonly Effect[] {
  return record.name === 'access.taken' || record.name === 'access.nottaken' ? [] : facts.effects;
}

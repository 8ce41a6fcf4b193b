import { createHash } from 'node:crypto';
import { orderReasons, type Reason } from '../../core/access/reasons.ts';
import { decide } from '../../core/decision/decide.ts';
import type { AccessPointFacts, DecisionResult } from '../../core/decision/decision.ts';
import type { Effect } from '../../core/decision/effect.ts';
import { type HolderFacts, UNKNOWN_HOLDER } from '../../core/decision/holder-facts.ts';
import { isGatepostError } from '../../core/errors.ts';
import { codeKey } from '../../core/pass/code-key.ts';
import { hasFlag, type PassReading } from '../../core/pass/pass.ts';
import { readPass, type Trust } from '../../core/pass/read-pass.ts';
import type { Passage, PassageInput } from '../../core/passage/passage.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import { type ScreeningOutcome, screeningMode } from '../../core/screening/screening.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { PassMemory } from '../../ports/rule-store.ts';
import type { Door } from '../door/door.ts';
import type { HolderLookup } from '../rules/holder-lookup.ts';
import type { ScreeningStation } from '../screening/screening-station.ts';
import { blankFacts, type PassageFacts } from './access-record.ts';
import { claimsOf } from './passage-effects.ts';
import type { ScanLockout } from './scan-lockout.ts';

/** A code that was just shown. Its text is gone when the input it belongs to is dealt with. */
export interface ShownCode {
  readonly id: string;
  readonly text: string;
  /** Characters, or bytes where they were no text. */
  readonly length: number;
  readonly clock: ClockReading;
  /** The earliest monotonic ms at which it may have been complete: the program may have been kept from reading it. */
  readonly sinceMs: number;
}

interface PassageCasesOptions {
  readonly accessPoint: AccessPointFacts;
  readonly site: string;
  readonly gate: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly trust: () => Trust;
  readonly policy: () => PolicyLevel;
  readonly passMemory: PassMemory;
  readonly holders: HolderLookup;
  readonly lockOut: ScanLockout;
  readonly log: EventLog;
  readonly door: Door;
  readonly screening: ScreeningStation;
  readonly clock: Clock;
  /** Salt of this start: digests of unreadable texts cannot be compared across starts or looked up in tables. */
  readonly digestSalt: Uint8Array;
}

/** Gathers what is known of the passage at one access point and asks decide() about it. */
export class PassageEvaluator {
  readonly #deps: PassageCasesOptions;
  #facts: PassageFacts | undefined;
  /** Of a passage that was over, and is taken up again by a guard. */
  #recalled: PassageFacts | undefined;
  #shownAt: ClockReading | undefined;

  constructor(options: PassageCasesOptions) {
    this.#deps = options;
  }

  get current(): PassageFacts | undefined {
    return this.#facts;
  }

  /** How many times longer than usual lock and passage wait for the person who is here. */
  get pace(): number {
    const facts = this.#recalled ?? this.#facts;
    const claims = claimsOf(facts);
    return claims !== undefined && hasFlag(claims, 'slow') ? (facts?.policy.slowReleaseFactor ?? 1) : 1;
  }

  /** The passage is over: nothing of it is kept in memory. */
  close(): void {
    this.#facts = undefined;
    this.#shownAt = undefined;
  }

  /** What is known so far is on record: from now on the phone code is found there, and is no replay of itself. */
  recorded(): void {
    if (this.#facts !== undefined) this.#facts = { ...this.#facts, stepRecorded: true };
  }

  /** The person who was just refused begins anew, with the pass that was shown, as passage `id`. */
  beginAnew(id: string): void {
    if (this.#facts !== undefined) this.#facts = { ...this.#facts, passage: id };
  }

  /**
   * A guard lets in somebody whose passage is over, and knows the person without a code: what was known then counts
   * when that passage comes up next.
   */
  recall(facts: PassageFacts): void {
    this.#recalled = { ...facts, recognition: 'guard' };
  }

  /** What is known of a passage; a new one is read from the code that was just shown. */
  factsOf(passage: string, shown: ShownCode | undefined): PassageFacts {
    if (this.#recalled?.passage === passage) {
      this.#facts = this.#recalled;
      this.#recalled = undefined;
    }
    if (this.#facts?.passage === passage) return this.#facts;
    const own = shown?.id === passage ? shown : undefined;
    const owed = own === undefined ? this.#owedSteps() : [];
    this.#shownAt = own?.clock;
    const facts = this.#read(passage, own);
    this.#facts = { ...facts, effects: owed };
    return this.#facts;
  }

  /** A phone code whose own record failed is used up by the guard who lets its holder through without it. */
  #owedSteps(): readonly Effect[] {
    if (this.#facts === undefined || this.#facts.stepRecorded) return [];
    return this.#facts.effects.filter(({ kind }) => kind === 'rememberStep');
  }

  /** Whether the code is a pass of an issuer this site knows, whatever is decided about it. */
  isGenuine({ text }: Pick<ShownCode, 'text'>): boolean {
    return readPass(text, this.#deps.trust()).status === 'verified';
  }

  /** Whether the code is an emergency pass that would be let through. */
  isUrgent(shown: ShownCode): boolean {
    const pass = readPass(shown.text, this.#deps.trust());
    if (pass.status === 'unreadable' || pass.claims.kind !== 'emergency') return false;
    const facts = { ...this.#blank(shown.id, shown), pass };
    return this.#decide(facts, undefined, shown.clock).outcome === 'grant';
  }

  /**
   * Facts of somebody who came while another person's passage is under way, which stays the current one. What is
   * wrong with the pass goes before "one at a time": showing it again later would not help.
   */
  turnedAway(
    passage: string,
    shown: ShownCode,
  ): { readonly facts: PassageFacts; readonly reasons: readonly Reason[] } {
    const facts = this.#read(passage, shown);
    const { reasons, marks, effects } = this.#decide(facts, undefined, shown.clock);
    return { facts: { ...facts, marks, effects }, reasons: orderReasons([...reasons, 'Other']) };
  }

  #read(passage: string, shown: ShownCode | undefined): PassageFacts {
    const pass = shown === undefined ? undefined : readPass(shown.text, this.#deps.trust());
    // Noise on the scanner's line has no text: it is nobody's attempt.
    if (pass?.status === 'unreadable' && shown?.text !== '') this.#deps.lockOut.bad();
    if (pass?.status === 'verified') this.#deps.lockOut.good();
    return {
      ...this.#blank(passage, shown),
      pass,
      unreadable: pass?.status === 'unreadable' && shown !== undefined ? this.#digest(shown) : undefined,
      sensor: this.#deps.screening.sensor,
    };
  }

  evaluate(
    passage: Passage,
    shown: ShownCode | undefined,
    screening: ScreeningOutcome | undefined,
  ): Extract<PassageInput, { type: 'decided' }> {
    const facts = this.factsOf(passage.id, shown);
    const known = this.#screeningFor(facts, screening, passage.attempts + 1);
    // A phone code is as fresh as when it was shown: measuring takes longer than one step of it.
    const reading = this.#shownAt ?? this.#deps.clock.read();
    const result = this.#decide(facts, known, reading);
    this.#facts = {
      ...facts,
      siteDay: this.#deps.holders.today(reading),
      marks: result.marks,
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
    const claims = claimsOf(facts);
    if (claims === undefined) return undefined;
    const { screening: rule } = facts.policy;
    const mode = screeningMode(rule, this.#deps.accessPoint.direction, claims.kind);
    if (mode === 'off') return undefined;
    const outcome = screening ?? this.#deps.screening.take();
    return outcome === undefined || outcome.class === 'skipped' ? outcome : { ...outcome, attempts };
  }

  #decide(
    facts: PassageFacts,
    screening: ScreeningOutcome | undefined,
    reading: ClockReading,
  ): DecisionResult {
    const { site, gate, timeZone, accessPoint, door, log, lockOut } = this.#deps;
    const pass =
      facts.pass ?? ({ status: 'unreadable', reason: 'gp:MalformedPass', detail: 'no pass' } as const);
    const known = this.#lookUp(pass, facts.policy, reading);
    return decide({
      pass,
      site,
      gate,
      timeZone,
      accessPoint,
      doorMode: door.mode,
      policy: facts.policy,
      clock: reading,
      screening: screening === undefined ? { state: 'pending' } : { state: 'done', outcome: screening },
      stepSeen: known?.stepSeen === true && !facts.stepRecorded,
      holder: known?.holder ?? UNKNOWN_HOLDER,
      lockedOut: lockOut.isLocked,
      logWritable: known !== undefined && log.isWritable(),
    });
  }

  /** Undefined when the records cannot be read: then nothing may be granted, as when they cannot be written. */
  #lookUp(
    pass: PassReading,
    policy: PolicyLevel,
    clock: ClockReading,
  ): { readonly holder: HolderFacts; readonly stepSeen: boolean } | undefined {
    if (pass.status === 'unreadable') return { holder: UNKNOWN_HOLDER, stepSeen: false };
    const { accessPoint, holders, passMemory } = this.#deps;
    const { claims, step } = pass;
    try {
      return {
        holder: holders.facts(claims, { direction: accessPoint.direction, policy, clock }),
        stepSeen: step !== undefined && passMemory.stepSeen(claims.passId, step),
      };
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      return undefined;
    }
  }

  #blank(passage: string, shown: ShownCode | undefined): PassageFacts {
    const reading = shown?.clock ?? this.#deps.clock.read();
    return blankFacts({
      passage,
      policy: this.#deps.policy(),
      revocationVersion: this.#deps.holders.revocationVersion,
      siteDay: this.#deps.holders.today(reading),
      readAtMs: shown?.sinceMs ?? reading.monotonicMs,
    });
  }

  #digest(shown: ShownCode): { length: number; digest: string } {
    const hash = createHash('sha256').update(this.#deps.digestSalt).update(codeKey(shown.text));
    return { length: shown.length, digest: hash.digest('hex').slice(0, 16) };
  }
}

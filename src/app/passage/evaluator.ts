import { createHash } from 'node:crypto';
import { orderReasons, type Reason } from '../../core/access/reasons.ts';
import { decide } from '../../core/decision/decide.ts';
import type { AccessPointFacts, DecisionResult } from '../../core/decision/decision.ts';
import { type HolderFacts, UNKNOWN_HOLDER } from '../../core/decision/holder-facts.ts';
import { judgeOwner, type Ownership, passAtReader } from '../../core/decision/pass-owner.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { PassReading } from '../../core/pass/pass.ts';
import { type Trust, verifyPass } from '../../core/pass/read-pass.ts';
import type { NextInLine, PassageInput } from '../../core/passage/passage.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import { type ScreeningOutcome, screeningMode } from '../../core/screening/screening.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { PassMemory } from '../../ports/rule-store.ts';
import type { Door } from '../door/door.ts';
import type { HolderLookup } from '../rules/holder-lookup.ts';
import type { ScreeningStation } from '../screening/screening-station.ts';
import {
  blankFacts,
  claimsOf,
  type KnownPassage,
  type PassageFacts,
  passageWithoutCode,
} from './passage-facts.ts';
import type { ScanLockout } from './scan-lockout.ts';
import type { ShownCode } from './scanned-codes.ts';
import type { ServiceSwitch } from './service-switch.ts';

interface PassageEvaluatorDeps {
  readonly accessPoint: AccessPointFacts;
  readonly service: Pick<ServiceSwitch, 'isEnabled'>;
  readonly site: string;
  readonly gate: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly trust: () => Trust;
  readonly policy: () => PolicyLevel;
  readonly passMemory: PassMemory;
  readonly holders: HolderLookup;
  readonly lockOut: Pick<ScanLockout, 'isLocked'>;
  readonly log: EventLog;
  readonly door: Pick<Door, 'mode'>;
  readonly screening: Pick<ScreeningStation, 'sensor' | 'take'>;
  readonly clock: Clock;
  /**
   * Salt of this start, so that digests of unreadable texts cannot be compared across starts or looked up in tables.
   */
  readonly digestSalt: Uint8Array;
}

/** Collects the facts about a person at one access point and calls decide() with them. Stores nothing about persons. */
export class PassageEvaluator {
  readonly #deps: PassageEvaluatorDeps;

  constructor(deps: PassageEvaluatorDeps) {
    this.#deps = deps;
  }

  /** The facts from a code that was just shown. */
  read(shown: ShownCode): PassageFacts {
    const pass = verifyPass(shown.parsed, this.#deps.trust());
    return {
      ...this.#blank(shown.clock),
      pass,
      unreadable: pass.status === 'unreadable' ? this.#digest(shown) : undefined,
      sensor: this.#deps.screening.sensor,
      readAtMs: shown.sinceMs,
    };
  }

  /**
   * The passage of a person who showed no code. The person of the passage before may be the same one: so the lock
   * waits alike, and a phone code that could not be recorded is used up when the guard lets its holder through.
   */
  withoutCode(id: string, before: KnownPassage | undefined): KnownPassage {
    const owed = before === undefined || before.recorded ? [] : before.facts.effects;
    const effects = owed.filter(({ kind }) => kind === 'rememberStep');
    const facts = { ...this.#blank(this.#deps.clock.read()), sensor: this.#deps.screening.sensor, effects };
    return passageWithoutCode(id, facts, before);
  }

  /** Whether the code is an emergency pass that would be let through. */
  isUrgent(passage: KnownPassage): boolean {
    return (
      claimsOf(passage.facts)?.kind === 'emergency' && this.#decide(passage, undefined).outcome === 'grant'
    );
  }

  /**
   * What becomes of a person who comes while another is on the way through, when it is the turn of this one; undefined
   * where the person would not be let through then. A reading of whoever is at the sensor is this person's.
   */
  turnOf(passage: KnownPassage): Omit<NextInLine<PassageFacts>, 'passage'> | undefined {
    const { outcome } = this.#decide(passage, undefined);
    if (outcome === 'grant') return { measures: false };
    if (outcome !== 'measure') return undefined;
    const screening = this.#deps.screening.take();
    const isReading = screening?.class === 'normal' || screening?.class === 'elevated';
    return isReading ? { measures: true, screening } : { measures: true };
  }

  /**
   * The reasons against a person who came during another person's passage. A fault of the pass goes before "one at a
   * time", because showing that pass again later would not help.
   */
  turnedAway(passage: KnownPassage): { readonly facts: PassageFacts; readonly reasons: readonly Reason[] } {
    const { reasons, marks, effects } = this.#decide(passage, undefined);
    return {
      facts: { ...passage.facts, marks, effects },
      reasons: orderReasons([...reasons, 'gp:OneAtATime']),
    };
  }

  /**
   * The pass whose holder was at the reader just now, whatever else is wrong with it; undefined where the code does not
   * prove that.
   */
  passAtReader({ parsed, clock }: ShownCode): string | undefined {
    return passAtReader(verifyPass(parsed, this.#deps.trust()), clock);
  }

  /** Whether the code proves that whoever shows it may ask about the data of its pass. Nothing is decided by it. */
  ownerOf({ pass, policy, cameAt }: PassageFacts): Ownership {
    if (pass === undefined) return { refusal: 'not_a_pass' };
    const { site, log } = this.#deps;
    const known = this.#lookUp(pass, policy, cameAt);
    if (known === undefined || !log.isWritable()) return { refusal: 'unavailable' };
    const { stepSeen, holder } = known;
    return judgeOwner(pass, {
      site,
      clock: cameAt,
      stepSeen,
      revoked: holder.revoked,
      stepsDoubted: holder.recordsDoubt?.steps === true,
    });
  }

  /** @param screening the reading to decide with; undefined: a fresh one, if there is any */
  evaluate(
    passage: KnownPassage,
    screening: ScreeningOutcome | undefined,
  ): Extract<PassageInput<PassageFacts>, { type: 'decided' }> {
    const known = this.#screeningFor(passage, screening);
    const { outcome, reason, reasons, marks, effects, screeningMode } = this.#decide(passage, known);
    const facts = {
      ...passage.facts,
      screening: known ?? passage.facts.screening,
      marks,
      effects,
      screeningMode,
    };
    return { type: 'decided', outcome, reason, reasons, screening: known, facts };
  }

  /** The reading to decide with: the one handed over, or a fresh one if this pass needs any. */
  #screeningFor(
    { facts, attempts }: KnownPassage,
    screening: ScreeningOutcome | undefined,
  ): ScreeningOutcome | undefined {
    const claims = claimsOf(facts);
    if (claims === undefined) return undefined;
    const { screening: rule } = facts.policy;
    const mode = screeningMode(rule, this.#deps.accessPoint.direction, claims.kind);
    if (mode === 'off') return undefined;
    const outcome = screening ?? this.#deps.screening.take();
    return outcome === undefined || outcome.class === 'skipped'
      ? outcome
      : { ...outcome, attempts: attempts + 1 };
  }

  #decide({ facts, recorded }: KnownPassage, screening: ScreeningOutcome | undefined): DecisionResult {
    const { site, gate, timeZone, accessPoint, service, door, log, lockOut } = this.#deps;
    const { policy, cameAt, contactReading } = facts;
    const pass =
      facts.pass ?? ({ status: 'unreadable', reason: 'gp:MalformedPass', detail: 'no pass' } as const);
    const known = this.#lookUp(pass, policy, cameAt);
    return decide({
      pass,
      site,
      gate,
      timeZone,
      accessPoint: { ...accessPoint, enabled: service.isEnabled },
      doorMode: door.mode,
      policy,
      clock: cameAt,
      now: this.#deps.clock.read(),
      screening: screening === undefined ? { state: 'pending' } : { state: 'done', outcome: screening },
      ...(contactReading === undefined ? {} : { contactReading: contactReading.outcome }),
      // After the person's own row is written, the step is remembered because of that row, so it was not used before.
      stepSeen: known?.stepSeen === true && !recorded,
      holder: known?.holder ?? UNKNOWN_HOLDER,
      lockedOut: lockOut.isLocked,
      logWritable: known !== undefined && log.isWritable(),
    });
  }

  /** Undefined if the records cannot be read: then nothing may be granted, as if they could not be written. */
  #lookUp(
    pass: PassReading,
    policy: PolicyLevel,
    clock: ClockReading,
  ): { readonly holder: HolderFacts; readonly stepSeen: boolean } | undefined {
    if (pass.status === 'unreadable') return { holder: UNKNOWN_HOLDER, stepSeen: false };
    const { accessPoint, holders, passMemory } = this.#deps;
    const { claims, host, step } = pass;
    try {
      return {
        holder: holders.facts(
          { claims, ...(host === undefined ? {} : { host }) },
          { direction: accessPoint.direction, policy, clock },
        ),
        stepSeen: step !== undefined && passMemory.stepSeen(claims.passId, step),
      };
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      return undefined;
    }
  }

  #blank(cameAt: ClockReading): PassageFacts {
    const { policy, holders } = this.#deps;
    const { revocationVersion } = holders;
    return blankFacts({ policy: policy(), revocationVersion, cameAt, ...holders.quarter(cameAt) });
  }

  #digest({ codeKey, length }: ShownCode): { length: number; digest: string } {
    const hash = createHash('sha256').update(this.#deps.digestSalt).update(codeKey);
    return { length, digest: hash.digest('hex').slice(0, 16) };
  }
}

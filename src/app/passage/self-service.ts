import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { OwnerRefusal } from '../../core/decision/pass-owner.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { PassClaims } from '../../core/pass/pass.ts';
import type { RequestKind, SelfServiceOrder } from '../../core/report/data-request.ts';
import { AccountTally, type AccountTimes, type PassAccount } from '../../core/report/pass-account.ts';
import { siteTime } from '../../core/time/site-time.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { PassRecords } from '../../ports/data-requests.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Logger } from '../../ports/logger.ts';
import type { SelfServiceView } from '../../ports/resident-prompt.ts';
import { runInTurns } from '../lists/run-in-turns.ts';
import type { EventWriter } from '../log/event-writer.ts';
import type { DataRequests } from '../rules/data-requests.ts';
import type { AccessPointScreens } from './access-point-screens.ts';
import type { PassageEvaluator } from './evaluator.ts';
import { claimsOf, type PassageFacts } from './passage-facts.ts';
import type { ScanLockout } from './scan-lockout.ts';
import { SameShowing, type ShownCode } from './scanned-codes.ts';

/** How long each step stays on the screen, in milliseconds. */
const SHOWN_MS = { code: 25_000, counting: 60_000, refused: 12_000, account: 60_000 } as const;

export interface SelfServiceSettings {
  /** Without it nobody can ask at the gate. */
  readonly isOn: boolean;
  readonly times: AccountTimes;
}

interface SelfServiceDeps {
  readonly accessPoint: AccessPointFacts;
  readonly settings: SelfServiceSettings;
  /** IANA name. */
  readonly timeZone: string;
  readonly screens: AccessPointScreens;
  readonly evaluator: PassageEvaluator;
  readonly lockOut: ScanLockout;
  readonly records: PassRecords;
  readonly requests: DataRequests;
  readonly notes: EventWriter;
  readonly state: Pick<GateState, 'backup' | 'queue'>;
  /** Whether rows are sent to servers. */
  readonly isPublished: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * What a gate keeps about a pass, for whoever shows the phone of the pass after pressing "My data". The code that is shown
 * then opens nothing, is no passage and has no row; its step is spent, so that it opens nothing afterwards either, and one
 * that was used to pass proves nothing here. Numbers and days of this one pass are shown, nothing of its household. It goes
 * on only while nobody else needs the screen: an emergency pass, and any other code once one was read, ends it and is
 * decided as ever.
 */
export class SelfService {
  readonly #deps: SelfServiceDeps;
  readonly #showing = new SameShowing();
  #view: SelfServiceView | undefined;
  /** Whose account is shown. */
  #claims: PassClaims | undefined;
  #account: PassAccount | undefined;
  #cancel: Cancel = () => undefined;

  constructor(deps: SelfServiceDeps) {
    this.#deps = deps;
    deps.screens.onSelfServiceOver(() => this.#forget());
  }

  /** Somebody has pressed something at the resident's screen. Returns whether it was done. */
  take(order: SelfServiceOrder): boolean {
    if (order === 'begin') return this.#begin();
    if (order === 'end') {
      this.end();
      return true;
    }
    return this.#ask(order);
  }

  end(): void {
    if (this.#view === undefined) return;
    this.#forget();
    this.#deps.screens.selfServiceIs(undefined);
  }

  /** Whether the code was read for this purpose; then nothing else becomes of it. */
  takes(shown: ShownCode): boolean {
    if (this.#view === undefined) return false;
    if (this.#showing.isStill(shown)) return true;
    const { evaluator } = this.#deps;
    const facts = evaluator.read(shown);
    const { step } = this.#view;
    const isUrgent = claimsOf(facts)?.kind === 'emergency';
    if (step === 'code' && !isUrgent) {
      this.#read(shown, facts);
      return true;
    }
    // A phone goes on showing codes; those of the one who asks are spent, so that nobody who sees them can pass with them.
    const isPhone = facts.pass?.status === 'verified' && facts.pass.form === 'GR1' && !isUrgent;
    if (step === 'refused' ? isPhone : isPhone && claimsOf(facts)?.passId === this.#claims?.passId) {
      if (step === 'refused') this.#read(shown, facts);
      else this.#spend(facts);
      return true;
    }
    this.end();
    return false;
  }

  #begin(): boolean {
    const { settings, screens, lockOut } = this.#deps;
    if (!settings.isOn || this.#view !== undefined || lockOut.isLocked || !screens.isIdle) return false;
    this.#show({ step: 'code' });
    return true;
  }

  #read(shown: ShownCode, facts: PassageFacts): void {
    const { evaluator, lockOut } = this.#deps;
    const { pass } = facts;
    // As for people who want to pass: guessing is slowed down and calls the guard, and no guess is answered meanwhile.
    if (pass?.status === 'unreadable' && shown.text !== '') lockOut.bad();
    if (pass?.status === 'verified') lockOut.good();
    if (lockOut.isLocked) {
      this.end();
      return;
    }
    const owner = evaluator.ownerOf(facts);
    const isSpent = this.#spend(facts);
    if ('refusal' in owner || !isSpent) {
      this.#refuse('refusal' in owner ? owner.refusal : 'unavailable');
      return;
    }
    this.#claims = owner.claims;
    this.#show({ step: 'counting' });
    void this.#count(owner.claims);
  }

  /** A step that was shown is used up, whatever becomes of it. Returns false if that cannot be recorded. */
  #spend({ pass }: PassageFacts): boolean {
    if (pass?.status !== 'verified' || pass.step === undefined) return true;
    const { claims, step } = pass;
    return this.#tries(() =>
      this.#deps.notes.write([], [{ kind: 'rememberStep', passId: claims.passId, step }]),
    );
  }

  async #count(claims: PassClaims): Promise<void> {
    const { records, clock, settings } = this.#deps;
    const { passId, holderRef } = claims;
    const isMeant = () => this.#claims === claims;
    const tally = new AccountTally();
    function* steps(): Generator<void, void> {
      for (const rows of records.rows({ passId, holderRef })) {
        for (const row of rows) tally.add(row);
        // Whoever has left is not counted to the end.
        if (!isMeant()) return;
        yield;
      }
    }
    try {
      await runInTurns(steps(), clock);
      if (!isMeant()) return;
      this.#account = tally.account(records.beside(passId), settings.times);
      this.#showAccount(claims, this.#account);
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      if (isMeant()) this.#refuse('unavailable');
    }
  }

  #ask(kind: RequestKind): boolean {
    const [claims, account] = [this.#claims, this.#account];
    if (claims === undefined || account === undefined || this.#view?.step !== 'account') return false;
    const { requests, accessPoint } = this.#deps;
    const isAsked = this.#tries(() => requests.ask(claims.passId, kind, accessPoint.id) !== undefined);
    if (isAsked) this.#showAccount(claims, account);
    return isAsked;
  }

  #showAccount({ passId }: PassClaims, { rows, sinceMs, lines }: PassAccount): void {
    const { requests, state, isPublished } = this.#deps;
    const request = requests.newestOf(passId);
    const isBackedUp = state.backup.values[0]?.lastMs !== undefined;
    this.#show({
      step: 'account',
      account: {
        rows,
        ...(sinceMs === undefined ? {} : { since: this.#dayOf(sinceMs) }),
        lines: lines.map(({ kind, count, untilMs }) => ({
          kind,
          count,
          ...(untilMs === undefined ? {} : { until: this.#dayOf(untilMs) }),
        })),
        copies: [
          ...(isBackedUp ? (['backup'] as const) : []),
          ...(isPublished ? (['servers'] as const) : []),
        ],
        ...(request === undefined
          ? {}
          : {
              request: {
                number: request.number,
                kind: request.kind,
                state: request.state,
                ...(request.note === undefined ? {} : { note: request.note }),
              },
            }),
        mayAsk: requests.mayAsk(passId),
      },
    });
  }

  #refuse(why: OwnerRefusal): void {
    this.#claims = undefined;
    this.#account = undefined;
    this.#show({ step: 'refused', why });
  }

  #show(view: Unlimited<SelfServiceView>): void {
    const { screens, clock } = this.#deps;
    const ms = SHOWN_MS[view.step];
    this.#cancel();
    this.#cancel = clock.schedule(ms, () => this.end());
    // The view is what it was, with its time; TypeScript does not follow that through the union.
    this.#view = { ...view, seconds: ms / 1000 } as SelfServiceView;
    screens.selfServiceIs(this.#view);
  }

  #forget(): void {
    this.#cancel();
    this.#view = undefined;
    this.#claims = undefined;
    this.#account = undefined;
  }

  #tries(write: () => unknown): boolean {
    try {
      return write() !== false;
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const { logger, accessPoint } = this.#deps;
      logger.warn({ accessPoint: accessPoint.id, code: error.code }, `Nothing is shown: ${error.message}`);
      return false;
    }
  }

  #dayOf(ms: number): string {
    return siteTime(ms, this.#deps.timeZone).date;
  }
}

type Unlimited<V> = V extends SelfServiceView ? Omit<V, 'seconds'> : never;

import type { Direction } from '../../core/access/vocabulary.ts';
import { type GatepostError, messageOf } from '../../core/errors.ts';
import type { AccessData } from '../../core/events/event.ts';
import type { PassageRecord } from '../../core/passage/passage.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Door } from '../door/door.ts';
import type { ScreeningStation } from '../screening/screening-station.ts';
import type { AccessPointScreens } from './access-point-screens.ts';
import type { PassageEvaluator } from './evaluator.ts';
import type { GuardCall } from './guard-call.ts';
import type { PassageBoard } from './passage-board.ts';
import { claimsOf, type KnownPassage } from './passage-facts.ts';
import type { PassagePlace, PassageStation } from './passage-runner.ts';
import type { RecentPassages } from './recent-passages.ts';
import type { ScannerNoise } from './scanner-noise.ts';

interface AccessPointPlaceDeps {
  readonly door: Door;
  readonly direction: Direction;
  readonly screening: ScreeningStation;
  readonly screens: AccessPointScreens;
  readonly evaluator: PassageEvaluator;
  readonly board: PassageBoard;
  readonly recent: RecentPassages;
  readonly guardCall: GuardCall;
  readonly noise: ScannerNoise;
  readonly logger: Logger;
}

/** Carries out the commands of the passage machine at an access point: nothing opens without a record. */
export class AccessPointPlace implements PassagePlace {
  readonly #deps: AccessPointPlaceDeps;
  readonly station: PassageStation;
  /** The last access that was given here. */
  #access: number | undefined;

  constructor(deps: AccessPointPlaceDeps) {
    this.#deps = deps;
    const { evaluator, screening, screens } = deps;
    this.station = {
      evaluate: (passage, outcome) => evaluator.evaluate(passage, outcome),
      turnedAway: (passage) => evaluator.turnedAway(passage),
      forgetReadings: (until) => screening.forget(until),
      admitReadings: () => screening.admit(),
      show: (view, passage) => screens.show(view, passage),
      showOneAtATime: () => screens.showOneAtATime(),
    };
  }

  release({ facts }: KnownPassage, ms: number): void {
    const { door, direction } = this.#deps;
    // In a lockdown of the site every code is refused, so it is a guard who lets somebody out.
    const overSite = direction === 'out';
    this.#access = door.release(ms, { overBlock: claimsOf(facts)?.kind === 'emergency', overSite });
  }

  relock(): void {
    if (this.#access !== undefined) this.#deps.door.endAccess(this.#access);
  }

  /** The guard's next orders may name a person who was decided about here. */
  written(passage: KnownPassage, record: PassageRecord): void {
    const { recent, noise, guardCall } = this.#deps;
    switch (record.name) {
      case 'access.granted':
        recent.decided(passage, { ...record, outcome: 'granted' });
        if (record.decidedBy !== 'auto') guardCall.opened(record.decidedBy);
        break;
      case 'access.denied':
        recent.decided(passage, { ...record, outcome: 'denied' });
        break;
      case 'access.taken':
        recent.ended(passage.id, 'taken');
        guardCall.wentThrough(passage.id);
        break;
      case 'access.nottaken':
        recent.ended(passage.id, 'nottaken');
        break;
      case 'access.requested':
        break;
    }
    noise.answered(passage.facts.pass);
  }

  unwritten(passage: KnownPassage, data: AccessData, error: GatepostError): boolean {
    const { logger, board, recent } = this.#deps;
    logger.error({ code: error.code, err: error }, `Nothing is opened: ${messageOf(error)}`);
    board.listUnrecorded(data, passage.facts);
    recent.decided(passage, { outcome: 'denied', decidedBy: 'auto' });
    return false;
  }

  noteAbout(passage: string): string | undefined {
    return this.#deps.recent.actOn(passage)?.note;
  }
}

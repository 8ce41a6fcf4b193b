import type { VisitorView } from '../../ports/boards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { VisitorBook, VisitorLine } from '../../ports/rule-store.ts';
import { findHolder } from './holder-name.ts';

const VISITORS_SHOWN = 200;

interface VisitBoardDeps {
  readonly book: VisitorBook;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'visitors'>;
  /** Names the hosts. */
  readonly register: HolderRegister;
}

/** Visits that are not over, and visitors who are inside, as screens show them. */
export class VisitBoard {
  readonly #deps: VisitBoardDeps;

  constructor(deps: VisitBoardDeps) {
    this.#deps = deps;
  }

  /** @throws GatepostError `log.unavailable` */
  publish(): void {
    const { book, clock, state } = this.#deps;
    state.visitors.set(book.present(clock.read().wallMs, VISITORS_SHOWN).map((line) => this.view(line)));
  }

  view(visitor: VisitorLine): VisitorView {
    const host = findHolder(this.#deps.register, visitor.hostRef);
    return host === undefined ? visitor : { ...visitor, host };
  }

  /** Somebody went through with this pass, or did not go after all. @throws GatepostError `log.unavailable` */
  moved(passId: string | undefined): void {
    if (passId !== undefined && this.#deps.book.find(passId) !== undefined) this.publish();
  }
}

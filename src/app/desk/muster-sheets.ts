import type { MusterLine } from '../../core/report/muster.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { MusterBook, MusterDesk, MusterPerson, MusterSheet } from '../../ports/muster-book.ts';
import type { RegisterBook, VisitorBook } from '../../ports/rule-store.ts';
import { findHolder } from '../board/holder-name.ts';
import type { MusterKeeper } from '../rules/muster-keeper.ts';
import type { LookUpRecords } from './look-up-records.ts';

interface MusterSheetsDeps {
  readonly keeper: Pick<MusterKeeper, 'list'>;
  readonly book: Pick<MusterBook, 'receipt'>;
  /** Names holders and hosts. */
  readonly register: HolderRegister;
  /** Names visitors. */
  readonly visitors: Pick<VisitorBook, 'find'>;
  /** Names vehicles and couriers. */
  readonly registers: Pick<RegisterBook, 'find'>;
  readonly lookUps: LookUpRecords;
  /** The list as it is now. */
  readonly now: GateState['muster'];
}

/** Shows who is on the list, with names that are looked up now. Each look is recorded first. */
export class MusterSheets implements MusterDesk {
  readonly #deps: MusterSheetsDeps;
  /** Whom the newest list has shown, and to whom. */
  #shown = { muster: 0, holders: new Set<string | undefined>(), operators: new Set<string>() };

  constructor(deps: MusterSheetsDeps) {
    this.#deps = deps;
  }

  look(operator: string): MusterSheet | undefined {
    const { keeper, book, lookUps } = this.#deps;
    const list = keeper.list();
    if (list === undefined) return undefined;
    const { muster, lines, ticks } = list;
    const { number } = muster;
    if (lines.length > 0) lookUps.listed(number, operator);
    const operators = this.#shown.muster === number ? this.#shown.operators : new Set<string>();
    const holders = new Set(lines.map(({ holderRef }) => holderRef));
    this.#shown = { muster: number, holders, operators: operators.add(operator) };
    const receipt = muster.erasedMs === undefined ? undefined : book.receipt(number);
    return {
      muster,
      people: lines.map((line) => this.#person(line)),
      ticks: ticks.all,
      ...(receipt === undefined ? {} : { receipt }),
    };
  }

  /** Whether this operator has looked at the present list with that person on it. */
  hasShown(holderRef: string, operator: string): boolean {
    const { muster, holders, operators } = this.#shown;
    const present = this.#deps.now.values[0];
    if (present?.number !== muster || present.erasedMs !== undefined) return false;
    return operators.has(operator) && holders.has(holderRef);
  }

  ticks(): ReturnType<MusterDesk['ticks']> {
    const list = this.#deps.keeper.list();
    return list && { muster: list.muster.number, ticks: list.ticks.all };
  }

  #person({ passId, registerId, ...line }: MusterLine): MusterPerson {
    const { register, visitors, registers } = this.#deps;
    const visit = line.kind === 'visitor' && passId !== undefined ? visitors.find(passId) : undefined;
    const entered = registerId === undefined ? visit : registers.find(registerId);
    const holder = findHolder(register, line.holderRef) ?? findHolder(register, visit?.hostRef);
    return {
      ...line,
      ...(holder === undefined ? {} : { holder }),
      ...(entered === undefined ? {} : { label: entered.label }),
      ...(entered?.unit === undefined ? {} : { unit: entered.unit }),
    };
  }
}

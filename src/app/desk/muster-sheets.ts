import type { MusterLine } from '../../core/report/muster.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import type { MusterBook, MusterDesk, MusterPerson, MusterSheet } from '../../ports/muster-book.ts';
import type { RegisterBook, VisitorBook } from '../../ports/rule-store.ts';
import { findHolder } from '../board/holder-name.ts';
import type { EventWriter } from '../log/event-writer.ts';
import type { MusterKeeper } from '../rules/muster-keeper.ts';

interface MusterSheetsDeps {
  readonly keeper: Pick<MusterKeeper, 'list'>;
  readonly book: Pick<MusterBook, 'receipt'>;
  /** Names holders and hosts. */
  readonly register: HolderRegister;
  /** Names visitors. */
  readonly visitors: Pick<VisitorBook, 'find'>;
  /** Names vehicles and couriers. */
  readonly registers: Pick<RegisterBook, 'find'>;
  readonly notes: EventWriter;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
}

/** Shows who is on the list, with names that are looked up now. Each look is recorded first. */
export class MusterSheets implements MusterDesk {
  readonly #deps: MusterSheetsDeps;

  constructor(deps: MusterSheetsDeps) {
    this.#deps = deps;
  }

  look(operator: string): MusterSheet | undefined {
    const { keeper, book, notes, gate } = this.#deps;
    const list = keeper.list();
    if (list === undefined) return undefined;
    const { muster, lines, ticks } = list;
    const { number } = muster;
    if (lines.length > 0)
      notes.tryWrite({
        name: 'operator.lookup',
        subject: gate,
        data: { operator, of: 'muster', muster: number },
      });
    const receipt = muster.erasedMs === undefined ? undefined : book.receipt(number);
    return {
      muster,
      people: lines.map((line) => this.#person(line)),
      ticks: ticks.all,
      ...(receipt === undefined ? {} : { receipt }),
    };
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

import type { Given } from '../../core/desk/guard-order.ts';
import type { RegisterLine } from '../../core/policy/register-line.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RegisterDesk, RegisterView } from '../../ports/register-desk.ts';
import type { RegisterBook, VisitorBook } from '../../ports/rule-store.ts';
import type { VisitBoard } from '../board/visit-board.ts';
import { type OrderTable, overrideAt, type Planned, refused } from '../log/desk-records.ts';
import type { UndatedEvent } from '../log/event-writer.ts';
import type { LookUpRecords } from './look-up-records.ts';

/** Lines of a page, and those inside that are shown. */
const PAGE = 50;
const MOST_SHOWN = 200;

interface RegisterOrdersDeps {
  readonly registers: RegisterBook;
  readonly visitors: VisitorBook;
  readonly visits: VisitBoard;
  readonly clock: Clock;
  /** A new id. */
  readonly newId: () => string;
  readonly lookUps: LookUpRecords;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
}

/** The registers of vehicles and couriers at the guard's desk, and who has left. Names and plates are in the registers alone. */
export class RegisterOrders implements RegisterDesk {
  readonly #deps: RegisterOrdersDeps;

  constructor(deps: RegisterOrdersDeps) {
    this.#deps = deps;
  }

  readonly table: OrderTable<'vehicle' | 'delivery' | 'note-left'> = {
    vehicle: ({ type: register, operator, ...said }) => {
      const line = { register, ...said, ...this.#came(operator) };
      return this.#add(line, { name: 'vehicle.registered', data: { line: line.id, operator } });
    },
    delivery: ({ type: register, operator, ...said }) => {
      const line = { register, ...said, ...this.#came(operator) };
      const { disinfected } = said;
      return this.#add(line, { name: 'delivery.registered', data: { line: line.id, disinfected, operator } });
    },
    'note-left': ({ subject, operator }) =>
      'passId' in subject
        ? this.#visitorLeft(subject.passId, operator)
        : this.#lineLeft(subject.line, operator),
  };

  /** Visitors, vehicles and couriers who have not left. @throws GatepostError `log.unavailable` */
  notLeft(nowMs: number): number {
    return this.#deps.visitors.notLeft(nowMs) + this.#deps.registers.notLeft();
  }

  inside(): readonly RegisterLine[] {
    return this.#deps.registers.inside(MOST_SHOWN);
  }

  before(beforeMs: number, operator: string): ReturnType<RegisterDesk['before']> {
    const { registers, visitors, visits, lookUps } = this.#deps;
    lookUps.registersRead(operator);
    const lines = [
      ...registers.before(beforeMs, PAGE),
      ...visitors
        .before(beforeMs, PAGE)
        .map((line) => ({ register: 'visitor', ...visits.view(line) }) as const),
    ].sort((one, other) => beganMs(other) - beganMs(one));
    return { lines: lines.slice(0, PAGE), isLast: lines.length < PAGE };
  }

  #came(registeredBy: string): Pick<RegisterLine, 'id' | 'cameMs' | 'registeredBy'> {
    const { clock, newId } = this.#deps;
    return { id: newId(), cameMs: Math.floor(clock.read().wallMs), registeredBy };
  }

  #add(
    line: RegisterLine,
    event: Pick<
      Extract<UndatedEvent, { name: 'vehicle.registered' | 'delivery.registered' }>,
      'name' | 'data'
    >,
  ): Planned {
    return {
      // The name and the data were made together.
      events: [{ ...event, subject: this.#deps.gate } as UndatedEvent],
      effects: [{ kind: 'addLine', line }],
    };
  }

  #visitorLeft(passId: string, operator: Given['operator']): Planned {
    const { visitors, visits, gate } = this.#deps;
    const visitor = visitors.find(passId);
    if (visitor === undefined)
      return refused('not_in_book', 'This pass is not in the visitors’ book. Register the visitor first.');
    if (visitor.insideSinceMs === undefined && visitor.leftMs !== undefined) return LEFT_ALREADY;
    return {
      events: [overrideAt(gate, { operator, action: 'note-left', passId })],
      effects: [{ kind: 'visitorLeft', passId }],
      act: () => {
        visits.publish();
        return undefined;
      },
    };
  }

  #lineLeft(id: string, operator: Given['operator']): Planned {
    const { registers, gate } = this.#deps;
    const line = registers.find(id);
    if (line === undefined) return refused('no_such_line', 'There is no such line in the registers.');
    if (line.leftMs !== undefined) return LEFT_ALREADY;
    return {
      events: [overrideAt(gate, { operator, action: 'note-left', line: id })],
      effects: [{ kind: 'lineLeft', id }],
    };
  }
}

function beganMs(line: RegisterView): number {
  return line.register === 'visitor' ? line.fromMs : line.cameMs;
}

const LEFT_ALREADY = refused('left_already', 'This one has left already.');

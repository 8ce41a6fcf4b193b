import { handOver, NO_SHIFT, openPoints, type Shift, takeOver } from '../../core/desk/shift.ts';
import { siteDayAt } from '../../core/time/site-time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { ShiftBook } from '../../ports/shift-book.ts';
import { type OrderTable, type Planned, refused } from '../log/desk-records.ts';
import type { UndatedEvent } from '../log/event-writer.ts';

const DAY_MS = 86_400_000;

interface ShiftOrdersDeps {
  readonly book: ShiftBook;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'shift' | 'passages' | 'attention' | 'devices' | 'orders'>;
  /** Visitors, vehicles and couriers that have not left. @throws GatepostError `log.unavailable` */
  readonly notLeft: (nowMs: number) => number;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  readonly timeZone: string;
}

type Handover = Extract<UndatedEvent, { name: 'operator.handover' }>['data'];

/** Hands the shift over and takes it, over restarts. What is open is listed by the gate, not by whoever leaves. */
export class ShiftOrders implements Lifecycle {
  readonly #deps: ShiftOrdersDeps;
  #shift: Shift = NO_SHIFT;

  constructor(deps: ShiftOrdersDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#show(this.#deps.book.load() ?? NO_SHIFT);
  }

  async stop(): Promise<void> {
    // Nothing runs.
  }

  readonly table: OrderTable<'hand-over' | 'take-over'> = {
    'hand-over': ({ operator, note }) => {
      const nowMs = Math.floor(this.#deps.clock.read().wallMs);
      const open = this.#openPoints(nowMs);
      return this.#plan(nowMs, handOver(this.#shift, { operator, nowMs, note, open }), {
        ...{ operator, step: 'given', note, open },
      });
    },
    'take-over': ({ operator, atMs }) => {
      if (atMs !== (this.#shift.handedOver?.atMs ?? null))
        return refused('handover_changed', 'Something else was handed over meanwhile. Look at it first.');
      const nowMs = Math.floor(this.#deps.clock.read().wallMs);
      const next = takeOver(this.#shift, { operator, nowMs });
      if (next === undefined) return refused('on_duty_already', 'You are on duty already.');
      const { handedOver, onDuty } = this.#shift;
      const from = handedOver?.by ?? onDuty?.operator;
      const given = handedOver === undefined ? {} : { open: handedOver.open };
      return this.#plan(nowMs, next, {
        operator,
        step: 'taken',
        ...(from !== undefined && { from }),
        ...given,
      });
    },
  };

  #openPoints(nowMs: number) {
    const { state, timeZone, notLeft } = this.#deps;
    const { passages, attention, devices, orders } = state;
    const today = siteDayAt(nowMs, timeZone);
    return openPoints({
      passages: passages.values,
      attention: attention.values[0] ?? [],
      devices: devices.values,
      // An order may last for hundreds of days; only whether its end lies in today matters.
      orders: (orders.values[0] ?? []).filter(
        ({ untilMs }) =>
          untilMs !== undefined &&
          untilMs > nowMs &&
          untilMs < nowMs + 2 * DAY_MS &&
          siteDayAt(untilMs, timeZone) === today,
      ),
      notLeft: notLeft(nowMs),
    });
  }

  #plan(atMs: number, shift: Shift, data: Handover): Planned {
    return {
      events: [{ name: 'operator.handover', subject: this.#deps.gate, data }],
      effects: [{ kind: 'keepShift', text: JSON.stringify(shift), atMs }],
      act: () => {
        this.#show(shift);
        return undefined;
      },
    };
  }

  #show(shift: Shift): void {
    this.#shift = shift;
    this.#deps.state.shift.set(shift);
  }
}

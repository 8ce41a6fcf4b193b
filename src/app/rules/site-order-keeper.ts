import type { DoorPhysicalState } from '../../core/access/vocabulary.ts';
import {
  NO_SITE_ORDERS,
  type SiteMessage,
  type SiteOrders,
  siteOrderOf,
} from '../../core/command/site-order.ts';
import {
  type SiteInput,
  type SiteMoment,
  type SiteStep,
  stepSiteOrders,
} from '../../core/command/site-order-steps.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { CommandBook } from '../../ports/command-book.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { SiteOrderStore } from '../../ports/rule-store.ts';
import type { Attention } from '../board/attention.ts';
import type { Door } from '../door/door.ts';
import { type OrderTable, type Planned, refused } from '../log/desk-records.ts';
import type { EventWriter, UndatedEvent } from '../log/event-writer.ts';
import { siteOrderView } from './site-order-view.ts';

/** How often a lockdown's end is looked for, and a lock that does not obey is moved again, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

export interface SiteOrderSettings {
  /** Every order needs the signatures of two keys. */
  readonly fourEyes: boolean;
  /** A guard may end a lockdown of the site at this gate. */
  readonly guardMayEndLockdown: boolean;
}

interface SiteOrderKeeperDeps {
  readonly settings: SiteOrderSettings;
  readonly doors: readonly Door[];
  readonly store: SiteOrderStore;
  readonly commands: Pick<CommandBook, 'goodFromMs'>;
  readonly notes: EventWriter;
  readonly attention: Attention;
  readonly state: Pick<GateState, 'siteOrder' | 'doors'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
}

type Cause = Extract<UndatedEvent, { name: 'site.order' }>['data']['cause'];
type By = { readonly by?: string; readonly note?: string };
/** What a step records, and what it does afterwards. */
type SitePlan = { readonly events: readonly UndatedEvent[]; readonly act: () => void };

/**
 * Keeps what the centre orders of the whole site, over restarts, and has the doors follow it
 * (config/contract/README.md#a-whole-site). Everything is recorded before a door moves; what only shuts is carried out
 * also where it cannot be recorded.
 */
export class SiteOrderKeeper implements Lifecycle {
  readonly #deps: SiteOrderKeeperDeps;
  #orders: SiteOrders = NO_SITE_ORDERS;
  /** The evacuation was begun in this run, not remembered from an earlier one. */
  #isFresh = false;
  /** An order that opens and could not be recorded, so that it was not carried out; it is tried again in its time. */
  #unrecorded: SiteMessage | 'itself' | undefined;
  readonly #contacts = new Map<string, DoorPhysicalState>();
  #running = false;
  #unfollow: Cancel = () => undefined;
  #cancelLook: Cancel = () => undefined;

  constructor(deps: SiteOrderKeeperDeps) {
    this.#deps = deps;
  }

  /** To be started before the doors, so that each of them begins in the mode that holds. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running) return;
    this.#running = true;
    this.#orders = this.#deps.store.load() ?? NO_SITE_ORDERS;
    for (const door of this.#deps.doors) door.planSite(siteOrderOf(this.#orders)).act();
    this.#take({ kind: 'logReset', resetS: this.#goodFromS ?? Number.POSITIVE_INFINITY }, 'log_reset');
    this.#takeTime();
    this.#call();
    this.#unfollow = this.#deps.state.doors.follow(() => this.#show());
    this.#look();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#unfollow();
    this.#cancelLook();
    // The doors go to rest in their own stop().
  }

  /** Takes a message whose form, signatures, scope and length of life were judged. Nothing happens before start(). */
  receive(message: SiteMessage): SiteStep['outcome'] {
    if (!this.#running) return 'nothing';
    const input = { kind: 'message', message, fire: this.#isFire, resetS: this.#resetS } as const;
    return this.#take(input, 'order', message);
  }

  /** Takes the debounced state of the fire contact of a door. What cannot be read says nothing. */
  fireContact(door: string, contact: DoorPhysicalState): void {
    this.#contacts.set(door, contact);
    const contacts = [...this.#contacts.values()];
    if (this.#isFire) this.#take({ kind: 'fire', isOn: true }, 'fire_over');
    else if (contacts.every((one) => one === 'Closed'))
      this.#take({ kind: 'fire', isOn: false }, 'fire_over');
    this.#show();
  }

  /** It was proved while the gate runs that the log went back. An evacuation of this run goes on. */
  logWentBack(): void {
    if (this.#isFresh) return;
    const resetS = this.#moment().nowS + 1;
    this.#take({ kind: 'logReset', resetS }, 'log_reset');
  }

  readonly table: OrderTable<'site-order'> = {
    'site-order': ({ answer, operator, note }): Planned => {
      const { settings } = this.#deps;
      if (answer === 'end-lockdown' && !settings.guardMayEndLockdown)
        return refused('not_yours_to_end', 'The lockdown of the site is ended by the centre, not here.');
      const step = this.#step({ kind: 'guard', answer, fire: this.#isFire });
      if (step.outcome === 'nothing')
        return refused('nothing_asked', 'The centre asks nothing of the guard now.');
      const { events, act } = this.#plan(step, 'guard', { by: operator, note });
      return {
        events,
        effects: [keep(step.orders)],
        act: () => {
          act();
          return undefined;
        },
      };
    },
  };

  get #isFire(): boolean {
    return [...this.#contacts.values()].includes('Open');
  }

  /** When the life of this log began, whole Unix seconds; undefined if no clock could be believed since. */
  get #goodFromS(): number | undefined {
    const fromMs = this.#deps.commands.goodFromMs();
    return fromMs === undefined ? undefined : Math.floor(fromMs / 1000);
  }

  /** What was signed before may be over in a life of the log of which nothing is known. */
  get #resetS(): number {
    const { nowS, isTrusted } = this.#moment();
    return this.#goodFromS ?? (isTrusted ? nowS : 0);
  }

  #takeTime(): void {
    this.#take({ kind: 'time', fire: this.#isFire, resetS: this.#resetS }, 'time');
  }

  #moment(): SiteMoment {
    const { wallMs, quality, floorMs } = this.#deps.clock.read();
    const isTrusted = quality !== 'unsynced';
    const nowS = Math.floor(wallMs / 1000);
    return { nowS, isTrusted, overS: floorMs === undefined ? 0 : Math.floor(floorMs / 1000) };
  }

  #step(input: SiteInput): SiteStep {
    return stepSiteOrders(this.#orders, input, this.#moment());
  }

  #take(input: SiteInput, cause: Cause, message?: SiteMessage): SiteStep['outcome'] {
    const step = this.#step(input);
    if (step.orders === this.#orders) return step.outcome;
    const plan = this.#plan(step, cause, {}, message);
    if (this.#isRecorded(plan.events, step.orders)) plan.act();
    else {
      this.#unrecorded = message ?? 'itself';
      this.#look();
      this.#show();
    }
    return step.outcome;
  }

  #plan({ orders }: SiteStep, cause: Cause, by: By, message?: SiteMessage): SitePlan {
    const before = this.#orders;
    const order = siteOrderOf(orders);
    const doors = this.#deps.doors.map((door) => door.planSite(order));
    const isNews = order !== siteOrderOf(before) || !isSame(orders, before);
    const own = isNews ? [this.#event(orders, before, cause, { ...by, ...message })] : [];
    return {
      events: [...own, ...doors.flatMap(({ events }) => events)],
      act: () => {
        if (orders.evacuation?.counter !== before.evacuation?.counter) this.#isFresh = true;
        this.#orders = orders;
        this.#unrecorded = undefined;
        for (const { act } of doors) act();
        this.#call();
        this.#look();
        this.#show();
      },
    };
  }

  #event(
    orders: SiteOrders,
    before: SiteOrders,
    cause: Cause,
    { by, note, ...message }: By & Partial<SiteMessage>,
  ): UndatedEvent {
    const { waiting, evacuation, lockdown, endedHere } = orders;
    const order = siteOrderOf(orders);
    const held = evacuation ?? lockdown ?? endedHere ?? before.evacuation ?? before.lockdown;
    const known = waiting ?? before.waiting ?? held;
    const { counter = orders.counter, keys = [] } = message.counter === undefined ? (known ?? {}) : message;
    const until = order === 'lockdown' ? lockdown?.untilS : undefined;
    return {
      name: 'site.order',
      subject: this.#deps.gate,
      data: {
        order,
        previous: siteOrderOf(before),
        cause,
        counter,
        keys: [...keys],
        ...(until === undefined ? {} : { until: new Date(until * 1000).toISOString() }),
        ...(waiting === undefined ? {} : { waits: waiting.verb, reason: waiting.cause }),
        ...(by === undefined ? {} : { by }),
        ...(note === undefined ? {} : { note }),
      },
    };
  }

  /** Whether it is on disk, or may be done all the same because it opens nothing. */
  #isRecorded(events: readonly UndatedEvent[], orders: SiteOrders): boolean {
    const { notes, logger } = this.#deps;
    const [now, next] = [siteOrderOf(this.#orders), siteOrderOf(orders)];
    const opens = next !== now && (next === 'evacuate' || now === 'lockdown');
    try {
      // Also what opens may use the room that is kept free: an evacuation saves lives.
      notes.write(events, [keep(orders)], { usesReserve: true });
      return true;
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const what = opens ? 'is not carried out' : 'is carried out without a record';
      logger.error({ code: error.code, err: error }, `An order to the whole site ${what}: ${error.message}`);
      return !opens;
    }
  }

  /** Calls the guard about what waits, or not any more. */
  #call(): void {
    const { attention, gate } = this.#deps;
    const { waiting } = this.#orders;
    attention.siteOrderWaits(gate, waiting === undefined ? undefined : waiting.sinceS * 1000);
  }

  /** Looks again while something holds or waits. */
  #look(): void {
    this.#cancelLook();
    const { lockdown, evacuation, waiting, endedHere } = this.#orders;
    const busy = lockdown ?? evacuation ?? waiting ?? endedHere ?? this.#unrecorded;
    if (!this.#running || busy === undefined) return;
    this.#cancelLook = this.#deps.clock.schedule(LOOK_EVERY_MS, () => {
      for (const door of this.#deps.doors) door.obey();
      const again = this.#unrecorded;
      if (again !== undefined && again !== 'itself') this.#receiveAgain(again);
      this.#takeTime();
      this.#look();
    });
  }

  #receiveAgain(message: SiteMessage): void {
    if (typeof this.receive(message) === 'object') this.#unrecorded = undefined;
  }

  #show(): void {
    const { settings, doors, state } = this.#deps;
    const view = siteOrderView(this.#orders, doors, {
      isUnrecorded: this.#unrecorded !== undefined,
      guardMayEnd: settings.guardMayEndLockdown,
    });
    const [before] = state.siteOrder.values;
    if (JSON.stringify(before) !== JSON.stringify(view)) state.siteOrder.set(view);
  }
}

function keep(orders: SiteOrders) {
  return { kind: 'keepSiteOrders', text: JSON.stringify(orders) } as const;
}

/** Whether nothing has changed that anybody is told of: an evacuation is sent again each minute. */
function isSame(one: SiteOrders, other: SiteOrders): boolean {
  return (
    one.lockdown?.untilS === other.lockdown?.untilS &&
    one.waiting === other.waiting &&
    one.endedHere === other.endedHere
  );
}

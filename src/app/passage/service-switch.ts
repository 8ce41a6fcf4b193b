import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { Given } from '../../core/desk/guard-order.ts';
import { orderShuts } from '../../core/desk/order-weight.ts';
import { dataOf } from '../../core/events/envelope.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { AccessPointView, GateState } from '../../ports/gate-state.ts';
import { overrideAt, type Planned, refused } from '../log/desk-records.ts';

/** Rows of orders read at the start. Orders are rare, so this is enough for a gate with several access points. */
const ORDERS_LOOKED_AT = 500;

interface ServiceSwitchDeps {
  readonly accessPoint: AccessPointFacts;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'accessPoints'>;
}

/**
 * Whether an access point is in service. A guard takes it out of service and puts it back. The state is restored from
 * the log, because a restart must not end what only an order may end. It does not apply to emergency passes, the exit
 * button and openings by a guard.
 */
export class ServiceSwitch {
  readonly #deps: ServiceSwitchDeps;
  readonly #listeners: (() => void)[] = [];
  #out: AccessPointView['outOfService'];

  constructor(deps: ServiceSwitchDeps) {
    this.#deps = deps;
  }

  get isEnabled(): boolean {
    return this.#out === undefined;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Restores the state from before the restart. @throws GatepostError `log.unavailable` */
  restore(): void {
    const { log, accessPoint } = this.#deps;
    for (const event of log.recent(['accesspoint.enabled'], ORDERS_LOOKED_AT)) {
      const { accessPoint: id, enabled, by, note } = dataOf(event, 'accesspoint.enabled');
      if (id !== accessPoint.id) continue;
      this.#set(enabled ? undefined : { sinceMs: event.timeMs, by, note });
      return;
    }
    this.#set(undefined);
  }

  plan({ type, operator, note }: Given<'enable' | 'disable'>): Planned {
    const { accessPoint, clock } = this.#deps;
    const { id } = accessPoint;
    const enabled = type === 'enable';
    if (enabled === this.isEnabled) {
      return enabled
        ? refused('in_service_already', 'This access point is in service already.')
        : refused('out_of_service_already', 'This access point is out of service already.');
    }
    const data = { accessPoint: id, enabled, by: operator, note };
    return {
      events: [
        overrideAt(id, { operator, action: type, accessPoint: id, note }),
        { name: 'accesspoint.enabled', subject: id, data },
      ],
      shuts: orderShuts({ type }),
      act: () => {
        this.#set(enabled ? undefined : { sinceMs: clock.read().wallMs, by: operator, note });
      },
    };
  }

  #set(out: AccessPointView['outOfService']): void {
    const { id, door, direction } = this.#deps.accessPoint;
    this.#out = out;
    this.#deps.state.accessPoints.set({
      id,
      door,
      direction,
      enabled: out === undefined,
      ...(out === undefined ? {} : { outOfService: out }),
    });
    for (const listener of this.#listeners) listener();
  }
}

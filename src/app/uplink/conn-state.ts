import type { StateByName } from '../../core/contract/states.ts';
import type { OutgoingMessage } from '../../ports/broker.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OutboxPosition } from '../../ports/event-log.ts';

type Conn = StateByName['conn'];

/** The condition of the gate, for `state/conn`. */
export interface GateCondition extends Pick<Conn, 'devices' | 'commands'> {
  readonly state: 'init' | 'ready' | 'degraded';
}

interface ConnStateDeps {
  /** `gates/v1/<site>/<gate>/` */
  readonly root: string;
  /** Name and version of the software. */
  readonly software: string;
  /** Whether there is a second broker. Then each is told which of them it is. */
  readonly hasSecond: boolean;
  readonly position: () => OutboxPosition;
  readonly clock: Clock;
}

/** What the gate says of itself in `state/conn` (config/contract/README.md#the-connection). */
export class ConnState {
  readonly topic: string;
  readonly #deps: ConnStateDeps;
  #condition: GateCondition = { state: 'init', devices: {} };
  #since = '';

  constructor(deps: ConnStateDeps) {
    this.#deps = deps;
    this.topic = `${deps.root}state/conn`;
  }

  /** The gate starts now. */
  begin(): void {
    this.#since = this.#now();
  }

  set(condition: GateCondition): void {
    if (condition.state !== this.#condition.state) this.#since = this.#now();
    this.#condition = condition;
  }

  /**
   * @param broker the one that is told
   * @param state the present one, unless said otherwise
   */
  value(broker: 'first' | 'second', state: Conn['state'] = this.#condition.state): Conn {
    const { software, hasSecond, position } = this.#deps;
    const { epoch, firstSequence, lastSequence } = position();
    const { devices, commands } = this.#condition;
    return {
      state,
      epoch,
      firstSeq: firstSequence,
      lastSeq: lastSequence,
      software,
      devices,
      ...(commands === undefined ? {} : { commands }),
      ...(hasSecond ? { broker } : {}),
      since: state === this.#condition.state ? this.#since : this.#now(),
    };
  }

  /** The same as a message, for the will and the farewell. */
  message(broker: 'first' | 'second', state: 'lost' | 'disconnected'): OutgoingMessage {
    return {
      topic: this.topic,
      payload: new TextEncoder().encode(JSON.stringify(this.value(broker, state))),
      retain: true,
      contentType: 'application/json',
    };
  }

  #now(): string {
    return new Date(this.#deps.clock.read().wallMs).toISOString();
  }
}

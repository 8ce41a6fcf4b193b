import { isShutMode } from '../../core/door/door-mode.ts';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import { isStale } from '../../core/time/clock-reading.ts';
import type { BrokerConnection, IncomingMessage, OutgoingMessage } from '../../ports/broker.ts';
import type { Cancel, Clock, Standstills } from '../../ports/clock.ts';
import type { DecisionMade, GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ToldTopics } from '../../ports/told-topics.ts';
import type { DeskRecords } from '../log/desk-records.ts';
import { RepeatGuard } from '../log/limiters.ts';
import type { AccessPoint } from '../passage/access-point.ts';
import { type DiscoveredGate, discoveryId, discoveryMessage, LOCK, UNLOCK } from './discovery.ts';

/** Who opens, in the rows of it. */
const OPERATOR = 'homeassistant';
const NOTE = 'Home Assistant';
/** Openings that may follow each other, and how long it takes until there is room for one more. */
const MOST_AT_ONCE = 6;
const ONE_MORE_MS = 30_000;
/** Between two openings: one that comes sooner is the same, sent twice. */
const APART_MS = 3_000;

/** The part of the uplink that Home Assistant is told through. */
export interface NeighbourUplink {
  /** Sends a message once; without a connection it is lost. */
  say(message: OutgoingMessage): void;
  /** Keeps a retained message at the broker; undefined takes it back. `onStored`: once the broker has it. */
  retain(topic: string, value: object | undefined, onStored?: () => void): void;
}

interface HomeAssistantDeps {
  /** Undefined: it is off, and what an earlier run has told is taken back. */
  readonly settings: { readonly prefix: string; readonly unlock: boolean } | undefined;
  readonly gate: Omit<DiscoveredGate, 'unlock'>;
  readonly told: ToldTopics;
  readonly accessPoints: ReadonlyMap<string, Pick<AccessPoint, 'door' | 'orders'>>;
  readonly records: DeskRecords;
  readonly state: Pick<GateState, 'decided' | 'decisions' | 'doors' | 'passages'>;
  readonly standstills: Pick<Standstills, 'lastEndMs'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Makes the gate a device of Home Assistant (config/homeassistant/README.md): tells what it has, what it decides without
 * saying about whom, and, only where the site says so, opens for it. An opening is recorded first, like a guard's.
 */
export class HomeAssistant implements Lifecycle {
  readonly #deps: HomeAssistantDeps;
  readonly #root: string;
  readonly #repeats: RepeatGuard;
  #following: readonly Cancel[] | undefined;
  #uplink: NeighbourUplink | undefined;
  #shown: string | undefined;
  /** Monotonic milliseconds of the latest openings, oldest first. */
  #openedMs: readonly number[] = [];

  constructor(deps: HomeAssistantDeps) {
    this.#deps = deps;
    const { site, gate } = deps.gate.site;
    this.#root = `gates/v1/${site}/${gate}/`;
    this.#repeats = new RepeatGuard(deps.clock);
  }

  /** The uplink that is told through; to be called before start(). */
  use(uplink: NeighbourUplink): void {
    this.#uplink = uplink;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#following !== undefined) return;
    this.#following = [];
    const { settings, gate, state } = this.#deps;
    const stateTopic = `${this.#root}ha/state`;
    const discoveryTopic = `${settings?.prefix}/device/${discoveryId(gate.site)}/config`;
    this.#takeBack(settings === undefined ? [] : [stateTopic, discoveryTopic]);
    if (settings === undefined) return;
    this.#uplink?.retain(discoveryTopic, discoveryMessage({ ...gate, unlock: settings.unlock }));
    const show = (): void => this.#show(stateTopic);
    this.#following = [
      state.decisions.follow(show),
      state.passages.follow(show),
      state.decided.hear((decision) => this.#tell(decision)),
    ];
    show();
  }

  async stop(): Promise<void> {
    for (const end of this.#following ?? []) end();
    this.#following = undefined;
  }

  /** For every new connection. Never throws. */
  attach(connection: BrokerConnection): void {
    if (this.#deps.settings?.unlock !== true) return;
    const topics = [...this.#deps.accessPoints.keys()].map((id) => `${this.#root}ha/unlock/${id}`);
    connection
      .subscribe(topics, (message) => this.#receive(message), { retainAsPublished: true })
      .catch((error: unknown) => this.#warn(`Home Assistant cannot open here: ${messageOf(error)}`));
  }

  /** Takes back what was told on other topics than these, with other settings. */
  #takeBack(topics: readonly string[]): void {
    const { told } = this.#deps;
    if (this.#uplink === undefined) return;
    try {
      for (const topic of topics) told.keep(topic);
      for (const topic of told.all().filter((one) => !topics.includes(one)))
        this.#uplink?.retain(topic, undefined, () => this.#forget(topic));
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      this.#warn(`What was told to Home Assistant is not taken back: ${error.message}`);
    }
  }

  #forget(topic: string): void {
    try {
      this.#deps.told.forget(topic);
    } catch (error) {
      // It is taken back once more at the next start.
      if (!isGatepostError(error, 'log.unavailable')) throw error;
    }
  }

  /** Without a person: the last decision, and how many wait. */
  #show(topic: string): void {
    const { decisions, passages } = this.#deps.state;
    const [last] = decisions.values[0] ?? [];
    const waiting = passages.values.filter(({ feedback }) => feedback === 'GuardCalled').length;
    const decision = last && {
      outcome: last.decision,
      ...(last.reason === undefined ? {} : { reason: last.reason }),
      access_point: last.accessPoint,
      direction: last.direction,
      time: new Date(last.timeMs).toISOString(),
    };
    const value = { waiting, decision: decision ?? {} };
    const text = JSON.stringify(value);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#uplink?.retain(topic, value);
  }

  #tell({ accessPoint, direction, outcome, reason }: DecisionMade): void {
    const event = {
      event_type: outcome.toLowerCase(),
      ...(reason === undefined ? {} : { reason }),
      access_point: accessPoint,
      direction,
    };
    this.#uplink?.say({
      topic: `${this.#root}ha/access`,
      payload: new TextEncoder().encode(JSON.stringify(event)),
      retain: false,
      contentType: 'application/json',
    });
  }

  #receive({ topic, payload, retained }: IncomingMessage): void {
    // Clearing a retained topic sends an empty message.
    if (this.#following === undefined || payload.length === 0) return;
    const text = payload.length > UNLOCK.length ? '' : new TextDecoder().decode(payload);
    if (text === LOCK && !retained) return;
    const id = topic.slice(`${this.#root}ha/unlock/`.length);
    const refusal = this.#refusalOf(id, text, retained) ?? this.#open(id);
    if (refusal !== undefined) this.#warn(`Home Assistant was not let open ${id}: ${refusal}`);
  }

  #refusalOf(id: string, text: string, retained: boolean): string | undefined {
    const { accessPoints, state, clock, standstills } = this.#deps;
    const accessPoint = accessPoints.get(id);
    if (retained) return 'its message was sent to be retained, and an order is for now.';
    if (text !== UNLOCK) return `its message is not ${UNLOCK}.`;
    if (accessPoint === undefined) return 'there is no such access point.';
    const mode = state.doors.values.find(({ door }) => door === accessPoint.door)?.mode ?? 'Unknown';
    if (mode === 'Unknown' || isShutMode(mode)) return `the door is in mode ${mode}.`;
    const nowMs = clock.read().monotonicMs;
    if (isStale(nowMs, standstills.lastEndMs())) return 'its message may have waited for long.';
    const latest = this.#openedMs.filter((atMs) => nowMs - atMs < MOST_AT_ONCE * ONE_MORE_MS);
    const [newest = Number.NEGATIVE_INFINITY] = latest.slice(-1);
    if (nowMs - newest < APART_MS || latest.length >= MOST_AT_ONCE) return 'it orders too often.';
    this.#openedMs = [...latest, nowMs];
    return undefined;
  }

  /** Returns why not. */
  #open(id: string): string | undefined {
    const { accessPoints, records, logger } = this.#deps;
    const order = { type: 'open', accessPoint: id, operator: OPERATOR, note: NOTE } as const;
    const planned = accessPoints.get(id)?.orders.open(order);
    const answer = planned && records.carryOut(planned);
    if (answer === undefined || answer.status === 'refused') return answer?.detail;
    logger.info({ part: 'homeassistant', accessPoint: id }, `Home Assistant has opened ${id}.`);
    return undefined;
  }

  #warn(sentence: string): void {
    if (this.#repeats.admit(sentence)) this.#deps.logger.warn({ part: 'homeassistant' }, sentence);
  }
}

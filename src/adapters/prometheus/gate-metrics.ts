import type { Counter, Histogram, Registry } from 'prom-client';
import { ATTENTION_KINDS } from '../../core/access/attention.ts';
import { DOOR_ALARMS, DOOR_MODES, TIME_QUALITIES } from '../../core/access/vocabulary.ts';
import type { DeviceStatus } from '../../core/events/event.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { DecisionMade, DoorView, GateState } from '../../ports/gate-state.ts';
import { Gauges, type PromClient } from './gauges.ts';
import type { StoreFigures } from './store-figures.ts';

const STATUSES = ['ok', 'connecting', 'degraded', 'missing'] as const satisfies readonly DeviceStatus[];
const LIST_STATES = ['good', 'due', 'stale', 'damaged', 'missing'] as const;
/** Nothing tells of duress but the guard's screen: whoever is threatened may be watched, and so may a dashboard. */
const TOLD_KINDS = ATTENTION_KINDS.filter((kind) => kind !== 'duress');
/** Figures of the library that do not keep to the names of Prometheus and say nothing about a gate. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);
/** Seconds. A decision takes milliseconds; where a forehead is measured, a person takes seconds. */
const DECISION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Seconds. A good card takes milliseconds, a failing one seconds. */
const WRITE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A part that keeps the gate from letting people through. */
export interface Trouble {
  readonly part: string;
  readonly detail: string;
}

interface GateMetricsDeps {
  readonly state: GateState;
  readonly figures: StoreFigures;
  readonly clock: Clock;
  readonly troubles: () => readonly Trouble[];
}

/**
 * The figures of one gate for Prometheus. What happens is counted when the hub tells it, after the lock has moved; all
 * else is read from the hub and the store at a scrape. Labels come from the config and from closed sets: none is about a
 * person.
 */
export class GateMetrics {
  readonly registry: Registry;
  readonly #prom: PromClient;
  readonly #deps: GateMetricsDeps;
  readonly #decisions: Counter<'access_point' | 'outcome' | 'reason'>;
  readonly #decisionTime: Histogram<'measured'>;
  readonly #outputTime: Histogram<'measured'>;
  readonly #writeTime: Histogram;
  readonly #openings: Counter<'door'>;
  readonly #releases: Counter<'door'>;
  readonly #gauges: Gauges;
  readonly #doors = new Map<string, DoorView>();
  #following: readonly Cancel[] = [];

  constructor(prom: PromClient, deps: GateMetricsDeps) {
    this.#prom = prom;
    this.#deps = deps;
    const registry = new prom.Registry();
    const registers = [registry];
    this.registry = registry;
    this.#decisions = new prom.Counter({
      name: 'gatepost_decisions_total',
      help: 'Decisions since the start, by outcome and first reason (config/contract/README.md); Referred: a guard is asked, and a decision follows.',
      labelNames: ['access_point', 'outcome', 'reason'],
      registers,
    });
    this.#decisionTime = new prom.Histogram({
      name: 'gatepost_decision_seconds',
      help: 'From the complete code to the decision on disk, where the gate decided alone; measured: a forehead was measured meanwhile.',
      labelNames: ['measured'],
      buckets: DECISION_BUCKETS,
      registers,
    });
    this.#outputTime = new prom.Histogram({
      name: 'gatepost_output_seconds',
      help: 'From the complete code until the lock was told to move, where the gate decided alone.',
      labelNames: ['measured'],
      buckets: DECISION_BUCKETS,
      registers,
    });
    this.#writeTime = new prom.Histogram({
      name: 'gatepost_log_write_seconds',
      help: 'Time of each transaction of the store, in which the gate does nothing else.',
      buckets: WRITE_BUCKETS,
      registers,
    });
    this.#openings = new prom.Counter({
      name: 'gatepost_door_openings_total',
      help: 'How often the contact saw the door open.',
      labelNames: ['door'],
      registers,
    });
    this.#releases = new prom.Counter({
      name: 'gatepost_door_releases_total',
      help: 'How often the lock was released.',
      labelNames: ['door'],
      registers,
    });
    this.#gauges = new Gauges(prom, registry);
  }

  /** Begins to count, once. */
  begin(): void {
    if (this.#following.length > 0) return;
    this.#prom.collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    for (const measured of ['false', 'true']) {
      this.#decisionTime.zero({ measured });
      this.#outputTime.zero({ measured });
    }
    const { decided, doors, accessPoints } = this.#deps.state;
    this.#following = [
      decided.hear((decision) => this.#count(decision)),
      // What has not happened yet is 0 and not unknown.
      accessPoints.follow(({ id }) =>
        this.#decisions.inc({ access_point: id, outcome: 'Granted', reason: '' }, 0),
      ),
      doors.follow((door) => this.#countDoor(door)),
    ];
  }

  end(): void {
    for (const end of this.#following) end();
    this.#following = [];
  }

  wrote(tookMs: number): void {
    this.#writeTime.observe(tookMs / 1000);
  }

  /** The text of a scrape. */
  async text(): Promise<string> {
    this.#gauges.forget();
    this.#tellGate();
    this.#tellDoors();
    this.#tellDevices();
    this.#tellUplink();
    this.#tellStore();
    return this.registry.metrics();
  }

  #count({ accessPoint, outcome, reason, latency }: DecisionMade): void {
    this.#decisions.inc({ access_point: accessPoint, outcome, reason: reason ?? '' });
    if (latency === undefined) return;
    const measured = String(latency.measured);
    this.#decisionTime.observe({ measured }, latency.decisionMs / 1000);
    if (latency.outputMs !== undefined) this.#outputTime.observe({ measured }, latency.outputMs / 1000);
  }

  #countDoor(now: DoorView): void {
    const { door } = now;
    const before = this.#doors.get(door);
    this.#doors.set(door, now);
    this.#openings.inc({ door }, before?.physical === 'Closed' && now.physical === 'Open' ? 1 : 0);
    this.#releases.inc({ door }, before?.released === false && now.released ? 1 : 0);
  }

  #tellGate(): void {
    const { state, clock } = this.#deps;
    const gauges = this.#gauges;
    const troubles = this.#deps.troubles();
    for (const { software: version, site, gate } of state.site.values)
      gauges.set('gatepost_info', 1, { version, site, gate });
    gauges.set('gatepost_ready', troubles.length === 0);
    gauges.set('gatepost_log_writable', !troubles.some(({ part }) => part === 'log'));
    const { wallMs, quality } = clock.read();
    gauges.setOneOf('gatepost_clock_quality', { words: TIME_QUALITIES, now: quality, label: 'quality' });
    gauges.set('gatepost_clock_timestamp_seconds', wallMs / 1000);
    for (const { occupancy } of state.rules.values) gauges.set('gatepost_people_inside', occupancy);
    for (const { isThere } of state.guards.values) gauges.set('gatepost_guard_there', isThere);
    const waiting = state.passages.values.filter(({ feedback }) => feedback === 'GuardCalled');
    gauges.set('gatepost_people_waiting', waiting.length);
    const [items = []] = state.attention.values;
    for (const kind of TOLD_KINDS)
      gauges.set('gatepost_attention_items', items.filter((item) => item.kind === kind).length, { kind });
  }

  #tellDoors(): void {
    const gauges = this.#gauges;
    for (const { door, mode, physical, alarm, tamper, fire } of this.#deps.state.doors.values) {
      gauges.setOneOf('gatepost_door_mode', { words: DOOR_MODES, now: mode, label: 'mode' }, { door });
      gauges.setOneOf('gatepost_door_alarm', { words: DOOR_ALARMS, now: alarm, label: 'alarm' }, { door });
      const isKnown = physical === 'Open' || physical === 'Closed';
      gauges.set('gatepost_door_open', isKnown ? physical === 'Open' : undefined, { door });
      gauges.set('gatepost_door_tamper', tamper && tamper === 'TamperDetected', { door });
      gauges.set('gatepost_door_fire', fire, { door });
    }
  }

  #tellDevices(): void {
    const { accessPoints, devices, lists } = this.#deps.state;
    const gauges = this.#gauges;
    for (const { id, door, direction, enabled } of accessPoints.values)
      gauges.set('gatepost_access_point_enabled', enabled, { access_point: id, door, direction });
    for (const { id: device, role, status: now, dropped } of devices.values) {
      gauges.setOneOf('gatepost_device_status', { words: STATUSES, now, label: 'status' }, { device, role });
      gauges.set('gatepost_scanner_dropped_codes', dropped, { device });
    }
    for (const { type: list, state: now } of lists.values.flat())
      gauges.setOneOf('gatepost_list_state', { words: LIST_STATES, now, label: 'state' }, { list });
  }

  #tellUplink(): void {
    const { figures, state } = this.#deps;
    const gauges = this.#gauges;
    for (const { file, endMs } of figures.certificates)
      gauges.set('gatepost_certificate_end_timestamp_seconds', endMs / 1000, { file });
    for (const { server, events, seconds, isLate } of figures.servers) {
      gauges.set('gatepost_server_lag_events', events, { server });
      gauges.set('gatepost_server_lag_seconds', seconds, { server });
      gauges.set('gatepost_server_late', isLate, { server });
    }
    if (!state.devices.values.some(({ role }) => role === 'broker')) return;
    for (const { connected } of state.queue.values) gauges.set('gatepost_broker_connected', connected);
    gauges.set('gatepost_queue_events', figures.queue?.events);
    gauges.set('gatepost_queue_oldest_age_seconds', figures.queue?.oldestSeconds);
  }

  #tellStore(): void {
    const { figures, state } = this.#deps;
    const gauges = this.#gauges;
    const { room, sizes, checks } = figures;
    gauges.set('gatepost_log_damaged', figures.isDamaged);
    gauges.set('gatepost_disk_free_bytes', room?.freeBytes);
    gauges.set('gatepost_disk_size_bytes', room?.sizeBytes);
    gauges.set('gatepost_database_bytes', sizes?.database);
    gauges.set('gatepost_database_wal_bytes', sizes?.wal);
    for (const { lastMs, isDue } of state.backup.values) {
      gauges.set('gatepost_backup_due', isDue);
      gauges.set('gatepost_backup_timestamp_seconds', inSeconds(lastMs));
    }
    gauges.set('gatepost_check_timestamp_seconds', inSeconds(checks?.quickMs), { kind: 'quick' });
    gauges.set('gatepost_check_timestamp_seconds', inSeconds(checks?.fullMs), { kind: 'full' });
    for (const { madeMs } of state.checkpoint.values)
      gauges.set('gatepost_checkpoint_timestamp_seconds', inSeconds(madeMs));
    gauges.set('gatepost_checkpoint_uncovered_events', figures.uncovered);
    for (const { part, events } of figures.purgeLag)
      gauges.set('gatepost_purge_late_events', events, { part });
  }
}

function inSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

import type { Store } from '../adapters/sqlite/store.ts';
import type { Attention } from '../app/board/attention.ts';
import type { DeskRecords } from '../app/log/desk-records.ts';
import type { EventWriter } from '../app/log/event-writer.ts';
import type { Config } from '../config/schema.ts';
import type { SimulatedWorld } from '../demo/simulated-devices.ts';
import type { Clock, Standstills } from '../ports/clock.ts';
import type { GateState } from '../ports/gate-state.ts';
import type { Logger } from '../ports/logger.ts';

/** What nearly every part of the daemon is given. */
export interface DaemonContext {
  readonly config: Config;
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
  readonly store: Store;
  readonly notes: EventWriter;
  readonly state: GateState;
  readonly records: DeskRecords;
  readonly attention: Attention;
  readonly world: SimulatedWorld;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

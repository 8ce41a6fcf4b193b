import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { PassageSettings } from '../../core/passage/passage.ts';
import type { Clock, Standstills } from '../../ports/clock.ts';
import type { CodeReader } from '../../ports/code-reader.ts';
import type { Logger } from '../../ports/logger.ts';
import type { SupervisorDeps } from '../devices/device-supervisor.ts';
import type { Door } from '../door/door.ts';
import type { EventWriter } from '../log/event-writer.ts';
import type { ScreeningStation } from '../screening/screening-station.ts';
import type { AccessPointScreens } from './access-point-screens.ts';
import type { PassageEvaluator } from './evaluator.ts';
import type { OpenGate } from './open-gate.ts';
import type { ScanLockout } from './scan-lockout.ts';

/** Durations of a passage; the state of the door is added at every step. */
export type PassageTimes = Omit<PassageSettings, 'doorWatched' | 'doorOpen' | 'contactSilent'>;

export interface AccessPointOptions {
  readonly facts: AccessPointFacts;
  readonly times: PassageTimes;
  readonly recordDegrees: boolean;
  readonly reader: CodeReader;
  readonly screening: ScreeningStation;
  readonly door: Door;
  readonly screens: AccessPointScreens;
  readonly cases: PassageEvaluator;
  readonly openGate: OpenGate;
  readonly lockOut: ScanLockout;
  /** Called when the number of people inside may have changed. */
  readonly onCounted: () => void;
  readonly notes: EventWriter;
  readonly supervision: SupervisorDeps;
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
  /** A new passage id. */
  readonly newId: () => string;
}

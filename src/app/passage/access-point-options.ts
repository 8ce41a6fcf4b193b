import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { PassageSettings } from '../../core/passage/passage.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CodeReader } from '../../ports/code-reader.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Standstills } from '../../ports/standstills.ts';
import type { SupervisorParts } from '../devices/device-supervisor.ts';
import type { Door } from '../door/door.ts';
import type { EventNotes } from '../log/event-notes.ts';
import type { ScreeningStation } from '../screening/screening-station.ts';
import type { AccessPointScreens } from './access-point-screens.ts';
import type { OpenGate } from './open-gate.ts';
import type { PassageCases } from './passage-cases.ts';
import type { ReadLockOut } from './read-lock-out.ts';

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
  readonly cases: PassageCases;
  readonly openGate: OpenGate;
  readonly lockOut: ReadLockOut;
  /** Called when the number of people inside may have changed. */
  readonly onCounted: () => void;
  readonly notes: EventNotes;
  readonly supervision: SupervisorParts;
  readonly clock: Clock;
  readonly standstills: Standstills;
  readonly logger: Logger;
  /** A new passage id. */
  readonly newId: () => string;
}

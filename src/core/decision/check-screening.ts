import type { Reason } from '../access/reasons.ts';
import { type ScreeningMode, SENSOR_FAULTS, type SensorFault } from '../screening/screening.ts';
import type { ScreeningInput } from './decision.ts';

/** What the screening says against a passage. A screening that is still to come says nothing yet. */
export function checkScreening(mode: ScreeningMode, screening: ScreeningInput): Reason[] {
  if (mode !== 'enforce' || screening.state === 'pending') return [];
  const { outcome } = screening;
  switch (outcome.class) {
    case 'normal':
      return [];
    case 'elevated':
      return ['gp:TemperatureHigh'];
    case 'notMeasurable':
      return [isSensorFault(outcome.cause) ? 'gp:TemperatureSensorFault' : 'gp:TemperatureNotMeasured'];
    case 'skipped':
      return ['gp:TemperatureNotMeasured'];
  }
}

function isSensorFault(cause: string): cause is SensorFault {
  return (SENSOR_FAULTS as readonly string[]).includes(cause);
}

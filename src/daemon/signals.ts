import { AutoOutput } from '../../hardware/gpio/auto-output.ts';
import { TimedOutput } from '../../hardware/gpio/timed-output.ts';
import { DoorSignals, type Signals } from '../app/door/door-signals.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../ports/clock.ts';
import type { GateState } from '../ports/gate-state.ts';
import type { Logger } from '../ports/logger.ts';

/** Lamps and buzzers of all doors. */
export function assembleSignals(options: {
  config: Config;
  clock: Clock;
  logger: Logger;
  state: GateState;
}): DoorSignals {
  const { config, clock, logger, state } = options;
  const signals = new Map<string, Signals>();
  for (const [door, { signals: wanted }] of Object.entries(config.doors)) {
    if (wanted === undefined) continue;
    const outputs = Object.entries(wanted).map(([name, { line, activeLevel }]) => [
      name,
      new TimedOutput({
        name: `${name} of door ${door}`,
        driver: new AutoOutput({ line, activeLevel, led: `gatepost:${door}-${name}` }),
        clock,
      }),
    ]);
    signals.set(door, Object.fromEntries(outputs));
  }
  return new DoorSignals({
    state,
    clock,
    logger,
    signals,
  });
}

import type { PassageTimes } from '../app/passage/passage-runner.ts';
import type { Config } from '../config/schema.ts';
import type { ScreeningSettings } from '../core/screening/screening.ts';
import type { SiteFacts } from '../ports/gate-state.ts';

/** Waiting for a forehead. */
const MEASURE_MS = 20_000;
const GUARD_MS = 60_000;
/** Long enough to read a plain no; what asks for something has two lines, for which an old person gets 12 s. */
const REFUSAL_MS = 6_000;

/** Languages of the screens, the config's own first. */
export function languages({ language }: Config): readonly string[] {
  return [language, ...['zh-CN', 'zh-TW', 'en'].filter((other) => other !== language)];
}

/** The config in the units and names of core and app. */
export function screeningSettings({ screening }: Config): ScreeningSettings {
  const { in: _in, out: _out, kinds: _kinds, coldWaitSeconds, repeatAfterSeconds, ...rest } = screening;
  return { ...rest, coldWaitMs: coldWaitSeconds * 1000, repeatAfterMs: repeatAfterSeconds * 1000 };
}

export function passageTimes(config: Config, door: string): PassageTimes {
  const { releaseSeconds = 3, passageSeconds = 10 } = config.doors[door] ?? {};
  return {
    measureMs: MEASURE_MS,
    repeatAfterMs: config.screening.repeatAfterSeconds * 1000,
    guardMs: GUARD_MS,
    refusalMs: REFUSAL_MS,
    passageMs: passageSeconds * 1000,
    releaseMs: releaseSeconds * 1000,
  };
}

/** Whether any device or lock of the config is played: every screen says so. */
export function isSimulated({ doors, accessPoints }: Config): boolean {
  const simulatedDoor = Object.values(doors).some(({ lock, contact, inputs = {} }) =>
    [lock, contact, ...Object.values(inputs)].some((device) => device?.driver === 'simulated'),
  );
  const simulatedDevice = Object.values(accessPoints).some(({ scanner, thermometer, distance }) =>
    [scanner, thermometer, distance].some((device) => device?.path === 'simulated'),
  );
  return simulatedDoor || simulatedDevice;
}

/** What does not change while the program runs. */
export function siteFacts(config: Config, software: string): SiteFacts {
  return {
    site: config.site.id,
    gate: config.gate.id,
    name: `${config.site.name}, ${config.gate.name}`,
    timeZone: config.site.timeZone,
    software,
    simulated: isSimulated(config),
    recordsDegrees: config.screening.record === 'value',
  };
}

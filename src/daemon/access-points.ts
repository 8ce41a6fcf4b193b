import type { AccessPointDevices } from '../app/gate/gate-ports.ts';
import type { Config } from '../config/schema.ts';
import type { DeviceContext } from './context.ts';
import { assembleScanner } from './scanners.ts';
import { assembleDistance, assembleThermometer } from './sensors.ts';

/** Scanners, thermometers and distance sensors of the config, by access point. */
export function assembleAccessPoints(context: DeviceContext): ReadonlyMap<string, AccessPointDevices> {
  return new Map(
    Object.entries(context.config.accessPoints).map(([id, entry]) => [id, devicesOf(id, entry, context)]),
  );
}

function devicesOf(
  id: string,
  { scanner, thermometer, distance }: Config['accessPoints'][string],
  context: DeviceContext,
): AccessPointDevices {
  return {
    reader: assembleScanner(id, scanner, context),
    ...(thermometer === undefined ? {} : { thermometer: assembleThermometer(id, thermometer, context) }),
    ...(distance === undefined
      ? {}
      : {
          distance: {
            sensor: assembleDistance(id, distance, context),
            window: { minMm: distance.minMm, maxMm: distance.maxMm },
          },
        }),
  };
}

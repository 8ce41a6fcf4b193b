import { SENSORS } from '../../hardware/sensors.ts';
import { asOwner } from '../adapters/files/store-owner.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';

/**
 * The config of a gate with the devices this program has drivers for.
 * @throws GatepostError `config.unreadable`, or `config.invalid` with every mistake
 */
export function loadGateConfig(path: string): LoadedConfig {
  return loadConfig(path, SENSORS);
}

/** The same for a command that the owner of the store has to carry out; see asOwner(). */
export async function configAsOwner(path: string): Promise<Config> {
  const { data } = await asOwner(() => {
    const { config } = loadGateConfig(path);
    return { folder: config.store.folder, data: config };
  });
  return data;
}

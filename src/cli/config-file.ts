import { SENSORS } from '../../hardware/sensors.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';

/**
 * The config of a gate with the devices this program has drivers for.
 * @throws GatepostError `config.unreadable`, or `config.invalid` with every mistake
 */
export function loadGateConfig(path: string): LoadedConfig {
  return loadConfig(path, SENSORS);
}

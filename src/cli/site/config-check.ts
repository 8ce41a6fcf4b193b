import type { Command } from 'commander';
import { SENSORS } from '../../../hardware/sensors.ts';
import { describeMistakes, readConfig, readText } from '../../config/load-config.ts';
import type { Config } from '../../config/schema.ts';
import { summaryOf } from '../../config/summary.ts';
import { warningsOf } from '../../config/warnings.ts';
import type { Mistake } from '../../config/yaml-source.ts';
import { GatepostError } from '../../core/errors.ts';
import { commandGroup } from '../command-group.ts';
import { EXIT_CONFIG } from '../exit.ts';

/** `gatepost config check FILE [--json]` */
export function registerConfigCheck(program: Command): void {
  commandGroup(program, 'config', 'work with the config file')
    .command('check')
    .description('list every mistake of a config file, or say what it means')
    .argument('<file>', 'config file (YAML)')
    .option('--json', 'answer as JSON')
    .action((file: string, options: { json?: boolean }) => {
      const reading = readConfig(readText(file).text, file, SENSORS);
      if (options.json === true) {
        const mistakes = reading.status === 'invalid' ? reading.mistakes : [];
        const config = reading.status === 'valid' ? reading.config : undefined;
        printJson(file, mistakes, config);
      } else if (reading.status === 'valid') {
        printSummary(file, reading.config);
      } else {
        throw new GatepostError('config.invalid', describeMistakes(reading.mistakes, file));
      }
    });
}

function printJson(file: string, mistakes: readonly Mistake[], config: Config | undefined): void {
  const warnings = config === undefined ? [] : warningsOf(config, Date.now());
  console.log(JSON.stringify({ file, ok: config !== undefined, mistakes, warnings }, null, 2));
  if (config === undefined) process.exitCode = EXIT_CONFIG;
}

function printSummary(file: string, config: Config): void {
  console.log(`OK ${file}\n`);
  for (const line of summaryOf(config, Date.now())) console.log(line);
  const warnings = warningsOf(config, Date.now());
  if (warnings.length > 0) console.log('\nWorth a second look:');
  for (const warning of warnings) console.log(`  - ${warning}`);
}

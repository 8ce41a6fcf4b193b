import type { Command } from 'commander';
import { configJsonSchemaText } from '../../config/json-schema.ts';
import { commandGroup } from '../command-group.ts';

/** `gatepost config schema`: what config/schema/gatepost.schema.json is made with. */
export function registerConfigSchema(program: Command): void {
  commandGroup(program, 'config', 'work with the config file')
    .command('schema')
    .description('print the JSON Schema of the config file, for editors')
    .action(() => {
      process.stdout.write(configJsonSchemaText());
    });
}

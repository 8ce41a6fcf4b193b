import type { Command } from 'commander';
import { z } from 'zod';
import { configSchema } from '../../config/schema.ts';
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

/** JSON Schema of the config file as a person writes it, for editors that complete and underline YAML. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: 'Gatepost config', ...z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' }) };
}

/** The same as the text of config/schema/gatepost.schema.json. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

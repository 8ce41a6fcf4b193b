import { type Command, Option } from 'commander';
import { z } from 'zod';
import { SENSORS } from '../../../hardware/sensors.ts';
import { configSchema } from '../../config/schema.ts';
import { commandGroup } from '../command-group.ts';
import { asyncApiText } from './contract-asyncapi.ts';
import { CONTRACT_SCHEMAS } from './contract-schemas.ts';

const SCHEMAS = { config: configJsonSchema, ...CONTRACT_SCHEMAS };
type SchemaName = keyof typeof SCHEMAS;

/** `gatepost config schema`: makes the files of config/schema, config/contract/schemas and config/contract/asyncapi.yaml. */
export function registerConfigSchema(program: Command): void {
  commandGroup(program, 'config', 'work with the config file')
    .command('schema')
    .description('print the JSON Schema of the config file, for editors, or of what a gate publishes')
    .addOption(
      new Option('--of <what>', 'what to print')
        .choices([...Object.keys(SCHEMAS), 'asyncapi'])
        .default('config'),
    )
    .action(({ of }: { of: SchemaName | 'asyncapi' }) => {
      process.stdout.write(of === 'asyncapi' ? asyncApiText() : jsonSchemaText(of));
    });
}

/** JSON Schema of the config file as a person writes it, for editors that complete and check YAML. */
function configJsonSchema(): Record<string, unknown> {
  return {
    title: 'Gatepost config',
    ...z.toJSONSchema(configSchema(SENSORS), { target: 'draft-7', io: 'input' }),
  };
}

/** The text of the schema file in the tree. */
export function jsonSchemaText(name: SchemaName): string {
  return `${JSON.stringify(SCHEMAS[name](), null, 2)}\n`;
}

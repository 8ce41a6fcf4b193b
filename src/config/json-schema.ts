import { z } from 'zod';
import { configSchema } from './schema.ts';

/** JSON Schema of the config file as a person writes it, for editors that complete and underline YAML. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: 'Gatepost config', ...z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' }) };
}

/** The same as the text of config/schema/gatepost.schema.json. */
export function configJsonSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

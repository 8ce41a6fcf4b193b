import type { ZodType } from 'zod';
import { GatepostError } from '../../core/errors.ts';

/** Largest JSON body, in bytes. */
export const MAX_JSON_BYTES = 16 * 1024;
/** Largest picture, in bytes. */
export const MAX_IMAGE_BYTES = 4 * 1024 * 1024;

/** @throws GatepostError `usage` naming the fields that are wrong. */
export function parse<T>(schema: ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw notAccepted(result.error.issues.map((issue) => issue.path.join('.')));
}

/** @param wrong names of fields; empty for the whole. */
export function notAccepted(wrong: readonly string[]): GatepostError {
  const fields = new Set(wrong.map((field) => field || 'the whole order'));
  return new GatepostError(
    'usage',
    `Not accepted: ${[...fields].join(', ')}. Check the entry and send it again.`,
  );
}

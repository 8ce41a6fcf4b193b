import type { z } from 'zod';
import { GatepostError } from '../core/errors.ts';
import { findIssues } from './issues.ts';
import { describeMistakes, readText } from './load-config.ts';
import { YamlSource } from './yaml-source.ts';

/**
 * A YAML file of its own, read as strictly as the config, by `schema`. Gives the data as they stand in the file.
 * @throws GatepostError `config.unreadable`, or `config.invalid` whose message lists every mistake with its place
 */
export function readSection(path: string, schema: z.ZodType): unknown {
  const source = YamlSource.parse(readText(path).text);
  const mistakes =
    source.mistakes.length > 0
      ? source.mistakes
      : findIssues(schema, source.toData()).map(({ path: at, atKey, message }) => ({
          ...(atKey ? source.placeOfKey(at) : source.placeOf(at)),
          message,
        }));
  if (mistakes.length > 0) throw new GatepostError('config.invalid', describeMistakes(mistakes, path));
  return source.toData();
}

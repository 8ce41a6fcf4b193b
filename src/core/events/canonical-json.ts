import { GatepostError } from '../errors.ts';

/**
 * JSON with sorted keys and no white space, so that equal values always give equal bytes (the ordering and number
 * rules of RFC 8785). Members that are `undefined` are left out, as JSON.stringify does.
 * @throws GatepostError `internal` for what JSON cannot say (NaN, Infinity, functions, undefined in a list)
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  const text = typeof value === 'number' && !Number.isFinite(value) ? undefined : JSON.stringify(value);
  if (text === undefined) {
    throw new GatepostError(
      'internal',
      `A value of type ${typeof value} (${String(value)}) cannot be written as JSON. Mend the code that made the event.`,
    );
  }
  return text;
}

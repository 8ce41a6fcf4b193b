import { GatepostError } from '../errors.ts';

/**
 * JSON with sorted keys and no white space, so that equal values always give equal bytes (the ordering and number
 * rules of RFC 8785). Members that are `undefined` are left out, as by JSON.stringify.
 * @throws GatepostError `internal` for what JSON cannot represent (NaN, Infinity, functions, undefined in a list)
 */
export function canonicalJson(value: unknown): string {
  if (isInOrder(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return objectJson(value);
  const text = typeof value === 'number' && !Number.isFinite(value) ? undefined : JSON.stringify(value);
  if (text === undefined) {
    throw new GatepostError(
      'internal',
      `A value of type ${typeof value} (${String(value)}) cannot be written as JSON. Mend the code that made the event.`,
    );
  }
  return text;
}

/** Whether JSON.stringify() writes the value in canonical form, which is much faster: rows that are read back have it. */
function isInOrder(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every(isInOrder) && !('toJSON' in value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return false;
  const members = value as Readonly<Record<string, unknown>>;
  let before = '';
  for (const name of Object.keys(members)) {
    if (name < before || !(members[name] === undefined || isInOrder(members[name]))) return false;
    before = name;
  }
  return true;
}

/** Plain loops for speed: every event passes here twice between the pass and the lock. */
function objectJson(object: object): string {
  const members = object as Readonly<Record<string, unknown>>;
  let text = '';
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

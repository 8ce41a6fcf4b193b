import type { Config } from './schema.ts';

/** Words that anybody at the gate can read, so no password may consist of them. */
export function siteWords({ site, gate, doors, accessPoints }: Config): string[] {
  const named = [site, gate, ...Object.values(doors)].map(({ name }) => name);
  return [...named, site.id, gate.id, ...Object.keys(doors), ...Object.keys(accessPoints)];
}

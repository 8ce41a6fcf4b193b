import type { Config } from './schema.ts';

/** What anybody who stands at the gate can read: no password is made of it. */
export function siteWords({ site, gate, doors, accessPoints }: Config): string[] {
  const named = [site, gate, ...Object.values(doors)].map(({ name }) => name);
  return [...named, site.id, gate.id, ...Object.keys(doors), ...Object.keys(accessPoints)];
}

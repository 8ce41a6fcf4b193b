import { afterEach, expect, it, vi } from 'vitest';
import { ownTimeZone } from '../../src/cli/moments.ts';

afterEach(() => vi.unstubAllEnvs());

it('the time zone of this computer is one that has a name', () => {
  vi.stubEnv('TZ', 'UTC');
  expect(ownTimeZone()).toBe('UTC');
});

it.each(['CST', 'IST', 'EST'])('a computer that is set to %s does not say where it is', (zone) => {
  vi.stubEnv('TZ', zone);
  expect(ownTimeZone).toThrow(`The time zone of this computer (${zone}) does not say where it is.`);
});

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

/** Programs some tests talk to, and the Debian package that brings each. */
const DEBIAN_PACKAGES = {
  mosquitto: 'mosquitto',
  socat: 'socat',
  chromium: 'chromium',
  'systemd-analyze': 'systemd',
  zbarimg: 'zbar-tools',
} as const;

type NeededProgram = keyof typeof DEBIAN_PACKAGES;

/**
 * `describe` for tests that need these programs. Where one is not installed the suite is skipped under a title that
 * names it, so it is counted and seen; under CI=true it fails instead.
 */
export function needs(...programs: readonly NeededProgram[]): (title: string, body: () => void) => void {
  const program = programs.find((one) => !isInstalled(one));
  if (program === undefined) return describe;
  const remedy = `${program} is not installed (Debian package ${DEBIAN_PACKAGES[program]})`;
  if (process.env.CI !== 'true') return (title, body) => describe.skip(`${title} [skipped: ${remedy}]`, body);
  return (title) =>
    describe(title, () => {
      it(`finds ${program}`, () => {
        throw new Error(remedy);
      });
    });
}

/** Daemons such as mosquitto live in /usr/sbin, which an ordinary user's PATH leaves out. */
function isInstalled(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => folder !== '' && isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

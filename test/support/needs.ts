import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

/** Programs that some tests need, and the Debian package of each. */
const DEBIAN_PACKAGES = {
  mosquitto: 'mosquitto',
  openssl: 'openssl',
  'nats-server': 'nats-server',
  'rabbitmq-server': 'rabbitmq-server',
  socat: 'socat',
  chromium: 'chromium',
  promtool: 'prometheus',
  'systemd-analyze': 'systemd',
  zbarimg: 'zbar-tools',
  postgres: 'postgresql',
  mosquitto_sub: 'mosquitto-clients',
  jq: 'jq',
  'python3-paho-mqtt': 'python3-paho-mqtt',
  'python3-cryptography': 'python3-cryptography',
  'python3-jinja2': 'python3-jinja2',
} as const;

export type NeededProgram = keyof typeof DEBIAN_PACKAGES;

/** Of what is no program, the folder by which it is known. */
const FOLDERS: Readonly<Record<string, string>> = {
  'python3-paho-mqtt': '/usr/lib/python3/dist-packages/paho/mqtt',
  'python3-cryptography': '/usr/lib/python3/dist-packages/cryptography',
  'python3-jinja2': '/usr/lib/python3/dist-packages/jinja2',
};

/**
 * `describe` for tests that need these programs. If one is not installed the suite is skipped with a title that names
 * it, so that it is seen; with CI=true it fails instead.
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

/** A program behind these words has mounts of its own, and needs no rights for them. */
export const NAMESPACE = ['unshare', '--user', '--map-root-user', '--mount'] as const;

/**
 * needs() for tests that mount something at `place` in a namespace of their own. If the kernel does not allow it to an
 * ordinary user, the suite is skipped and its title says so.
 */
export function needsMounts(place: string, ...programs: readonly NeededProgram[]): ReturnType<typeof needs> {
  const [unshare, ...words] = NAMESPACE;
  if (spawnSync(unshare, [...words, 'mount', '-t', 'tmpfs', 'none', place]).status === 0)
    return needs(...programs);
  return (title, body) => describe.skip(`${title} [skipped: no user namespaces here]`, body);
}

/** Also searches /usr/sbin, where daemons such as mosquitto are, because it is not in an ordinary user's PATH. */
function isInstalled(program: string): boolean {
  const known = FOLDERS[program];
  if (known !== undefined) return existsSync(known);
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/sbin',
    ...postgresFolders(),
  ];
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

/** Where Debian puts the server of PostgreSQL, the newest first. */
export function postgresFolders(): readonly string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(root, version, 'bin'));
}

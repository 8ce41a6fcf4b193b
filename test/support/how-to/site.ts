import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { packageRoot } from '../../../src/version.ts';
import { freePort } from '../free-port.ts';
import { demandFreshBuild } from '../gate/daemon.ts';

export interface Outcome {
  readonly code: number;
  readonly said: string;
}

const GATEPOST = `'${process.execPath}' '${join(packageRoot(), 'dist/src/cli/gatepost.js')}'`;

/**
 * Replacements for system programs. `systemctl` starts and stops the real daemon, `journalctl` shows its output, `sudo`
 * runs its command, `timedatectl` does not change the clock of this machine.
 */
const STAND_INS: Readonly<Record<string, string>> = {
  gatepost: `exec ${GATEPOST} "$@"`,
  sudo: 'exec "$@"',
  timedatectl: '[[ "$1 $2" =~ ^set-(ntp (true|false)|time 20[0-9-]+\\ [0-9:]+)$ ]]',
  journalctl: '[[ "$1 $2 $3" == "-u gatepost -n" ]] && tail -n "$4" "$SITE/journal"',
  systemctl: `
    stop() {
      [[ ! -f $SITE/pid ]] || ! kill "$(< "$SITE/pid")" 2>/dev/null || tail -s 0.1 --pid="$(< "$SITE/pid")" -f /dev/null
      rm -f "$SITE/pid"
    }
    start() {
      touch "$SITE/journal"
      local from pid
      from=$(wc -l < "$SITE/journal")
      ${GATEPOST} run --config "$SITE/etc/gatepost/gatepost.yaml" --log-format json >> "$SITE/journal" 2>&1 < /dev/null &
      pid=$!
      echo $pid > "$SITE/pid"
      grep -q 'The gate is ready' <(tail -n "+$((from + 1))" -s 0.1 --pid=$pid -f "$SITE/journal" 2> /dev/null) ||
        { tail -n 3 "$SITE/journal" >&2; return 1; }
    }
    [[ \${!#} == gatepost ]] || exit 4
    case $* in
      'stop gatepost' | 'disable --now gatepost') stop ;;
      'start gatepost') start ;;
      'restart gatepost') stop && start ;;
      *) exit 4 ;;
    esac`,
};

/** An installable version of the program: the real scripts and unit files, and a program of one line. */
function putVersion(folder: string, version: string): void {
  for (const name of ['scripts', 'systemd', 'config'])
    cpSync(join(packageRoot(), name), join(folder, name), { recursive: true });
  const files = {
    'dist/src/cli/gatepost.js': `#!/usr/bin/env node\nconsole.log('${version}');\n`,
    'dist/.built': '',
    'node_modules/.package-lock.json': '',
    'package.json': '{}',
    'package-lock.json': '{"packages":{}}',
    // Builds nothing, because the project was built before the tests.
    'scripts/build': '#!/bin/sh\ntest -f dist/.built\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** A site with a gate and an office, below a folder that stands for /. */
export class Site {
  readonly root = mkdtempSync(join(tmpdir(), 'gatepost-site-'));
  readonly office = join(this.root, 'office');
  readonly #bin = join(this.root, 'bin');

  /** A gate that never ran, and an office with keys and first lists. */
  static async make(): Promise<Site> {
    demandFreshBuild();
    const site = new Site();
    const { root } = site;
    const folders = [
      'bin',
      'office',
      'etc/gatepost',
      'var/lib/gatepost',
      'media/stick',
      'usr/lib',
      'dev/serial/by-path',
    ];
    for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
    for (const [name, body] of Object.entries(STAND_INS))
      writeFileSync(join(site.#bin, name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
    const [officeKey, rootKey, centreKey] = ['office.pem', 'root.pem', 'centre.pem'].map((name) =>
      site.#putKey(name),
    );
    site.write('office/trust.yaml', `keys: [{ publicKey: ${centreKey}, name: Centre, use: bundle }]\n`);
    site.write('office/revoked.txt', '1112131415161718\n');
    site.write('office/holders.csv', 'holder,label,unit\n0a1b2c3d4e5f,Wang Xiuying,3-2-501\n');
    const config = {
      version: 1,
      site: { id: 'willow-court', name: 'Willow Court', timeZone: 'Asia/Shanghai' },
      gate: { id: 'north', name: 'North gate' },
      language: 'en',
      doors: { main: { name: 'Main door', lock: { driver: 'simulated', levelFile: '../../main.level' } } },
      accessPoints: {
        'main-in': {
          door: 'main',
          direction: 'in',
          scanner: { driver: 'serial', path: 'simulated' },
          thermometer: { driver: 'gy-mcu9061x', path: 'simulated' },
        },
      },
      passes: { issuers: [{ name: 'Office', publicKey: officeKey }] },
      trust: { rootKey },
      screening: { in: 'enforce' },
      store: { folder: '../../var/lib/gatepost' },
    };
    site.write('etc/gatepost/gatepost.yaml', stringify(config));
    const list = (type: string, key: string, number: number, content: string) =>
      `gatepost bundle sign --type ${type} --key ${key} --number ${number} --site willow-court --content ${content} --out ${type}-${number}.gpb`;
    await site.mustRun(list('trust', 'root.pem', 1, 'trust.yaml'));
    await site.mustRun(list('revocations', 'centre.pem', 17, 'revoked.txt'));
    return site;
  }

  /** Another site with the same files, with another port for the screens. */
  async copy(): Promise<Site> {
    const site = new Site();
    cpSync(this.root, site.root, { recursive: true });
    site.configure(`web: { port: ${await freePort()} }`);
    cpSync(join(site.root, 'etc/gatepost/gatepost.yaml'), join(site.office, 'north.yaml'));
    return site;
  }

  /** Puts the scripts where an installation has them. */
  putScripts(): void {
    cpSync(join(packageRoot(), 'scripts'), join(this.root, 'usr/lib/gatepost/scripts'), { recursive: true });
  }

  /** Installs version 1 and puts version 2 in the folder of the sources. */
  async putSources(): Promise<void> {
    const origin = join(this.root, 'origin');
    const clone = join(this.root, 'office');
    const git =
      'git -c user.name=Test -c user.email=test@localhost -c commit.gpgsign=false -c init.defaultBranch=main';
    putVersion(origin, 'version 1');
    await this.mustRun(`cd '${origin}' && ${git} init -q && ${git} add -Af . && ${git} commit -qm 1`);
    await this.mustRun(`cd '${this.root}' && rm -rf '${clone}' && ${git} clone -q '${origin}' '${clone}'`);
    await this.mustRun('scripts/install');
    putVersion(origin, 'version 2');
    await this.mustRun(`cd '${origin}' && ${git} commit -qam 2`);
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** Puts the text of a page into the config. */
  configure(text: string): void {
    const path = 'etc/gatepost/gatepost.yaml';
    this.write(path, stringify(merged(parse(this.read(path)), parse(text))));
  }

  /** Runs a line of a page in the folder of the office, and answers questions for a password. */
  run(command: string): Promise<Outcome> {
    const line = this.#below(command);
    const path = [join(this.root, 'usr/bin'), this.#bin, process.env.PATH].join(':');
    const env = { ...process.env, PATH: path, SITE: this.root };
    return new Promise((resolve) => {
      const child = execFile(
        '/bin/bash',
        ['-o', 'pipefail', '-c', line],
        { cwd: this.office, env },
        (error, out, err) =>
          resolve({
            code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
            said: out + err,
          }),
      );
      // Most commands do not read the password and close their input.
      child.stdin?.on('error', () => undefined).end('plum tree in rain\n');
    });
  }

  async mustRun(command: string): Promise<string> {
    const { code, said } = await this.run(command);
    if (code !== 0) throw new Error(`${command}: ended with ${code}: ${said}`);
    return said;
  }

  async close(): Promise<void> {
    await this.run('systemctl stop gatepost');
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The command with the site's folder in place of /. */
  #below(command: string): string {
    const line = command
      .replaceAll(/(?<![\w./-])\/(?=(?:etc|var|usr|media|dev(?!\/shm))\/)/g, `${this.root}/`)
      .replaceAll(/-C \/(?= |$)/g, `-C ${this.root}`);
    return /(?:^| )\S*scripts\/(?:install|roll-back|uninstall)\b/.test(line)
      ? `${line} --prefix ${this.root}`
      : line;
  }

  #putKey(name: string): string {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    writeFileSync(join(this.office, name), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    });
    return publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
  }
}

/** `more` put over `before`, name by name. */
function merged(before: unknown, more: unknown): unknown {
  if (!isMap(before) || !isMap(more)) return more;
  const entries = Object.entries(more).map(([name, value]) => [name, merged(before[name], value)]);
  return { ...before, ...Object.fromEntries(entries) };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { setKeptClock } from '../../../src/adapters/sqlite/clock-file.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { accessGranted, SAMPLE_ACCESS } from '../../support/gate/event-samples.ts';
import { pages, stepsOf } from '../../support/how-to/pages.ts';
import { type Outcome, Site } from '../../support/how-to/site.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { openStore } from '../../support/store/store-folder.ts';

/** Commands whose exit code tells of what they found; everything else ends with 0. */
const FOUND_SOMETHING: readonly [RegExp, number[]][] = [
  [/gatepost doctor /, [0, 1, 2]],
  [/gatepost clock --config/, [0, 1]],
];

interface Play {
  /** What the store already has when the gate starts. */
  readonly kept?: (store: Store) => void;
  /** What is so before the page is opened, beside the open gate. */
  readonly before?: (site: Site) => Promise<void> | void;
  /** What a page leaves open for its reader to write. */
  readonly fill?: (site: Site, text: string) => string;
  /** What must be so afterwards. `said` has what each command printed. */
  readonly after: (site: Site, said: readonly string[]) => Promise<void> | void;
}

const config = '--config /etc/gatepost/gatepost.yaml';
const STORE = 'var/lib/gatepost';
const journal = (site: Site) => site.read('journal');

const PLAYS: Readonly<Record<string, Play>> = {
  'a-card-is-lost': {
    before: takeLists,
    after: (site, said) => {
      expect(site.read('office/revoked.txt')).toContain('0102030405060708');
      expect(site.has('office/card.svg')).toBe(true);
      expect(said.at(-1)).toMatch(/revocations.* 18/);
    },
  },
  'a-pass-on-a-phone': {
    after: async (site, said) => {
      const id = /Pass ([0-9a-f]{16}): "Wang Xiuying"/.exec(said.join())?.[1] ?? 'none';
      expect(site.read('office/revoked.txt')).toContain(id);
      expect(said.join()).toContain('https://office.example/pass/#pass=GP1%3A');
      const inspected = await site.run(
        'gatepost pass inspect "$(cat wang-new.txt)" --config /etc/gatepost/gatepost.yaml',
      );
      // Good, but for a phone alone.
      expect(inspected.said).toMatch(/DynamicCodeRequired.*Wang Xiuying/s);
      expect(site.has('office/wang-new.svg')).toBe(true);
    },
  },
  'a-guard-forgot-the-password': {
    kept: haveGuard,
    before: (site) => {
      // The set-up code of the first start is no answer to the page.
      site.write('journal', '');
    },
    after: (site) => expect(journal(site)).toMatch(/set-up code \w{4}-\w{4}/),
  },
  'a-tablet-in-the-lodge': {
    after: (site, said) => {
      const groups = /SHA-256:\n((?: +(?:[0-9A-F]{4} ?){8}\n){2})/.exec(said.at(-1) ?? '')?.[1] ?? '';
      const { fingerprint256 } = new X509Certificate(site.read('office/gatepost-ca.crt'));
      expect(groups.replaceAll(/\s/g, '')).toBe(fingerprint256.replaceAll(':', ''));
    },
  },
  'a-second-gate': {
    after: async (site) => {
      expect(site.read('etc/gatepost/gatepost.yaml')).toContain('id: south');
      expect(await site.mustRun(`gatepost directory list ${config}`)).toContain('Wang Xiuying');
      expect(await site.mustRun(`gatepost operator list ${config}`)).toContain('Li Mei');
    },
  },
  'the-memory-card-died': {
    kept: haveGuard,
    fill: (site, text) => {
      const [recipient = ''] = /age1\w+/.exec(site.read('office/office-backup.key')) ?? [];
      return text.replace('age1…', recipient);
    },
    after: async (site) => {
      expect(await site.mustRun(`gatepost log tail ${config}`)).toMatch(/log\.reset .*restored/);
      expect(await site.mustRun(`gatepost operator list ${config}`)).toContain('Li Mei');
    },
  },
  'no-network-for-a-week': {
    before: takeLists,
    after: (_, said) => expect(said.join()).toMatch(/revocations.* 18/),
  },
  'the-clock-is-wrong': {
    // Somebody set the clock into the next year, and back again.
    before: ({ root }) => {
      const clock = new VirtualClock(Date.now() + 400 * 86_400_000);
      const place = { folder: join(root, STORE), site: 'willow-court', gate: 'north', clock };
      setKeptClock({ ...place, logger: new SilentLogger() }, 'somebody');
    },
    after: (site) => expect(site.read('etc/gatepost/gatepost.yaml')).toContain('Asia/Taipei'),
  },
  'a-new-thermometer': {
    before: (site) => site.write('dev/serial/by-path/platform-usb-0:1.3:1.0-port0', ''),
    after: (site) => expect(site.read('etc/gatepost/gatepost.yaml')).toMatch(/gy-614v3[\s\S]*offsetC: 0.2/),
  },
  'people-queue': {
    kept: refuseSomebody,
    after: async (site, said) => {
      expect(said).toContainEqual(expect.stringMatching(/1 access\.denied/));
      expect(await site.mustRun(`gatepost config check /etc/gatepost/gatepost.yaml`)).toContain('rush');
    },
  },
  'a-new-version-and-back': {
    before: (site) => site.putSources(),
    after: (_, said) =>
      expect(said.filter((words) => words.startsWith('version'))).toEqual(['version 2\n', 'version 1\n']),
  },
  'somebody-asks-for-their-data': {
    kept: askForData,
    after: async (site, said) => {
      expect(said[0]).toMatch(/^1001 {2}export .*\n1002 {2}erasure .*\n1003 {2}erasure /);
      expect(site.read('office/copy.html')).toContain('access.granted');
      expect(JSON.parse(site.read('office/receipt.json')).receipt.log.rows).toBe(1);
      expect(await site.mustRun(`gatepost holder requests ${config}`)).toMatch(
        /done[\s\S]*done[\s\S]*refused/,
      );
    },
  },
  'end-the-checkpoint': {
    before: (site) => site.putScripts(),
    after: (site) => {
      expect(site.read('office/willow-court-ended.json')).toContain('signature');
      expect(site.has('etc/gatepost/gatepost.yaml')).toBe(false);
    },
  },
};

function haveGuard({ operators }: Store): void {
  operators.put({ name: 'Li Mei', passwordHash: '$scrypt$…', role: 'guard' });
}

async function takeLists(site: Site): Promise<void> {
  await site.mustRun(`gatepost apply trust-1.gpb revocations-17.gpb ${config}`);
}

function refuseSomebody({ log }: Store): void {
  const data = {
    ...SAMPLE_ACCESS,
    decision: 'Denied',
    reason: 'CredentialExpired',
    reasons: ['CredentialExpired'],
  } as const;
  log.commit({
    events: [{ name: 'access.denied', subject: 'main-in', data, timeMs: Date.now(), timeQuality: 'synced' }],
  });
}

/** Three people at the gate: the first wants a copy, the others to be forgotten. */
function askForData({ log }: Store): void {
  for (const [index, kind] of (['export', 'erasure', 'erasure'] as const).entries()) {
    const [number, askedMs, passId] = [1001 + index, Date.now(), `a1a1a1a1a1a1a10${index}`];
    log.commit({
      events: [accessGranted({ passId, passage: `passage-${index}` }, askedMs)],
      effects: [{ kind: 'addRequest', request: { number, kind, accessPoint: 'main-in', askedMs, passId } }],
    });
  }
}

let model: Site;
beforeAll(async () => {
  model = await Site.make();
});
afterAll(() => model?.close());

/** A site of its own for each test. */
async function siteFor(): Promise<Site> {
  const site = await model.copy();
  onTestFinished(() => site.close());
  return site;
}

function isGood(command: string, { code }: Outcome): boolean {
  const [, codes = [0]] = FOUND_SOMETHING.find(([pattern]) => pattern.test(command)) ?? [];
  return codes.includes(code);
}

it('of every page is played here', () => {
  expect(Object.keys(PLAYS).sort()).toEqual(pages().sort());
});

describe('what a how-to has its reader do works, as it stands there', () => {
  it.each(pages())('%s', async (page) => {
    const site = await siteFor();
    const { kept, before, fill, after } = PLAYS[page] as Play;
    if (kept !== undefined) {
      const store = await openStore(join(site.root, STORE), { clock: new SystemClock() });
      kept(store);
      await store.stop();
    }
    await site.mustRun('systemctl start gatepost');
    await before?.(site);
    const said: string[] = [];
    for (const step of stepsOf(page)) {
      if (step.language === 'yaml') {
        site.configure(fill?.(site, step.text) ?? step.text);
        continue;
      }
      const outcome = await site.run(step.command);
      said.push(outcome.said);
      const verdict = isGood(step.command, outcome) ? '' : `ended with ${outcome.code}: ${outcome.said}`;
      expect(`${step.command}: ${verdict}`).toBe(`${step.command}: `);
    }
    await after(site, said);
  });

  it('and would be told if it did not', async () => {
    const site = await siteFor();
    expect((await site.run('gatepost operator forget --config /etc/gatepost/gatepost.yaml')).code).not.toBe(
      0,
    );
    expect((await site.run('gatepost-nothing --at all')).code).toBe(127);
    expect((await site.run('sudo systemctl start another')).code).not.toBe(0);
  });
});

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { FolderInbox } from '../../../src/adapters/inbox/folder-inbox.ts';
import { answerBeside, handOver } from '../../../src/adapters/inbox/hand-over.ts';
import { ResultsFile } from '../../../src/adapters/inbox/results-file.ts';
import { MAX_BUNDLE_BYTES } from '../../../src/core/bundle/bundle.ts';
import { readWhole } from '../../../src/core/bundle/open-bundle.ts';
import type { BundleAnswer, BundleDelivery } from '../../../src/ports/bundles.ts';
import { sampleBundle } from '../../support/gate/bundle-samples.ts';
import { Inbox } from '../../support/inbox.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const APPLIED: BundleAnswer = { status: 'applied', type: 'orders', number: 1 };
const clock = new SystemClock();

interface Watched {
  readonly folder: string;
  readonly deliveries: Inbox<BundleDelivery>;
  readonly answers: Inbox<{ path: string; answer: BundleAnswer }>;
  readonly logger: SilentLogger;
}

/** A folder that is watched, with a gate behind it that answers what the test says. */
async function watch(
  options: {
    folder?: string;
    answer?: () => BundleAnswer;
    answerTo?: (delivery: BundleDelivery) => BundleAnswer;
    onLeftOut?: (names: readonly string[]) => Promise<void>;
    onAnswer?: (path: string, answer: BundleAnswer) => Promise<void>;
  } = {},
): Promise<Watched> {
  const { folder = temporaryFolder(), answer = () => APPLIED, onAnswer, onLeftOut } = options;
  const { answerTo = answer } = options;
  const deliveries = new Inbox<BundleDelivery>();
  const answers = new Inbox<{ path: string; answer: BundleAnswer }>();
  const logger = new SilentLogger();
  const inbox = new FolderInbox({
    folder,
    everyMs: 5,
    source: 'usb',
    intake: {
      receive: async (delivery) => {
        deliveries.put(delivery);
        return answerTo(delivery);
      },
    },
    onAnswer: async (path, given) => {
      await onAnswer?.(path, given);
      answers.put({ path, answer: given });
    },
    ...(onLeftOut === undefined ? {} : { onLeftOut }),
    clock,
    logger,
  });
  await inbox.start(new AbortController().signal);
  onTestFinished(() => inbox.stop());
  return { folder, deliveries, answers, logger };
}

/** A file that comes last in order: when it is answered, everything before it was looked at. */
async function lookedAtAll({ folder, answers }: Watched): Promise<void> {
  writeFileSync(join(folder, 'zzz.gpb'), 'last');
  await answers.until((all) => all.some(({ path }) => path.endsWith('zzz.gpb')));
}

describe('FolderInbox', () => {
  it('takes every bundle file up once, in order of their names, and again when it changes', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '2-orders.gpb'), 'two');
    writeFileSync(join(folder, '1-TRUST.GPB'), 'one');
    writeFileSync(join(folder, '3-名单 (新).gpb'), 'three');
    writeFileSync(join(folder, 'holiday.jpg'), 'no list');
    const watched = await watch({ folder });
    await lookedAtAll(watched);
    const texts = (): string[] =>
      watched.deliveries.items.map(({ bytes }) => Buffer.from(bytes).toString('utf8'));
    expect(texts()).toEqual(['one', 'two', 'three', 'last']);
    writeFileSync(join(folder, '2-orders.gpb'), 'two, longer');
    await watched.deliveries.until((all) => all.length === 5);
    expect(texts().at(-1)).toBe('two, longer');
    expect(watched.deliveries.items[0]?.source).toBe('usb');
    expect(readdirSync(folder)).toHaveLength(5);
  });

  it('follows no link, opens no pipe, and looks into no folder', async () => {
    const folder = temporaryFolder();
    const secret = join(temporaryFolder(), 'secret.gpb');
    writeFileSync(secret, 'secret');
    symlinkSync(secret, join(folder, 'a-link.gpb'));
    execFileSync('mkfifo', [join(folder, 'b-pipe.gpb')]);
    mkdirSync(join(folder, 'c-folder.gpb'));
    const watched = await watch({ folder });
    await lookedAtAll(watched);
    expect(watched.deliveries.items).toHaveLength(1);
    expect(watched.answers.items.slice(0, 3).map(({ answer }) => answer)).toMatchObject([
      { status: 'refused', detail: expect.stringContaining('link') },
      { status: 'refused', detail: expect.stringContaining('regular') },
      { status: 'refused' },
    ]);
  });

  it('reads nothing that is too large, and passes names over that nobody gives a list', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'large.gpb'), new Uint8Array(MAX_BUNDLE_BYTES + 1));
    for (const name of ['.hidden.gpb', '-rf.gpb', `${'n'.repeat(80)}.gpb`, 'new\nline.gpb'])
      writeFileSync(join(folder, name), 'x');
    const watched = await watch({ folder });
    await lookedAtAll(watched);
    expect(watched.deliveries.items).toHaveLength(1);
    expect(watched.answers.items.map(({ answer }) => answer.status)).toEqual(['refused', 'applied']);
  });

  it('looks at everything on a stick nobody tidies: the newest list of each kind counts', async () => {
    const folder = temporaryFolder();
    for (let week = 1; week <= 60; week += 1) {
      for (const type of ['orders', 'trust'] as const)
        writeFileSync(
          join(folder, `2026-w${String(week).padStart(2, '0')}-${type}.gpb`),
          sampleBundle(type, { number: week }),
        );
    }
    for (let index = 0; index < 500; index += 1)
      writeFileSync(join(folder, `a holiday ${index}.jpg`), 'no list');
    const watched = await watch({
      folder,
      answerTo: ({ bytes }) => {
        const { type, number } = readWhole(bytes).bundle.header;
        return { status: 'applied', type, number };
      },
    });
    const all = await watched.answers.until(({ length }) => length === 120);
    expect(watched.deliveries.items.map(({ bytes }) => readWhole(bytes).bundle.header)).toMatchObject([
      { type: 'trust', number: 60 },
      { type: 'orders', number: 60 },
    ]);
    const older = all.filter(({ answer }) => answer.status === 'refused');
    expect(older).toHaveLength(118);
    expect(new Set(older.map(({ answer }) => answer.status === 'refused' && answer.refusal))).toEqual(
      new Set(['old_number']),
    );
    // The list of the week after is taken up however many lie there.
    writeFileSync(join(folder, '2026-w61-orders.gpb'), sampleBundle('orders', { number: 61 }));
    await watched.deliveries.until((all) => all.length === 3);
  });

  it('tries the next one where the highest number is refused', async () => {
    const folder = temporaryFolder();
    for (const number of [1, 2, 3])
      writeFileSync(join(folder, `${number}.gpb`), sampleBundle('orders', { number }));
    const watched = await watch({
      folder,
      answerTo: ({ bytes }) => {
        const { type, number } = readWhole(bytes).bundle.header;
        return number === 3
          ? { status: 'refused', refusal: 'signature_invalid', detail: 'no' }
          : { status: 'applied', type, number };
      },
    });
    await watched.answers.until((all) => all.length === 3);
    expect(watched.deliveries.items.map(({ bytes }) => readWhole(bytes).bundle.header.number)).toEqual([
      3, 2,
    ]);
  });

  it('says which files it leaves out, once', async () => {
    const folder = temporaryFolder();
    const renamed = ['orders.gpb.txt', 'trust.GPB.crdownload'];
    const own = ['1-ab.gpb.tmp', '1-ab.gpb.answer', '1-ab.gpb.answer.tmp'];
    for (const name of ['-rf.gpb', `${'n'.repeat(80)}.gpb`, ...renamed, '._1.gpb', 'readme.txt', ...own])
      writeFileSync(join(folder, name), 'x');
    const told = new Inbox<readonly string[]>();
    const watched = await watch({ folder, onLeftOut: async (names) => told.put(names) });
    await lookedAtAll(watched);
    writeFileSync(join(folder, 'zzzz.gpb'), 'once more');
    await watched.answers.until((all) => all.length === 2);
    expect(told.items).toEqual([['-rf.gpb', `${'n'.repeat(80)}.gpb`, ...renamed]]);
    expect(watched.logger.lines.filter(({ message }) => message.includes('-rf.gpb'))).toHaveLength(1);
  });

  it('waits for a stick that is not plugged in, and for one that is pulled', async () => {
    const folder = join(temporaryFolder(), 'stick');
    const watched = await watch({ folder });
    mkdirSync(folder);
    await lookedAtAll(watched);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    writeFileSync(join(folder, 'again.gpb'), 'again');
    await watched.deliveries.until((all) => all.length === 2);
    expect(watched.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('offers a file again when the gate was busy', async () => {
    let busy = 2;
    const answer = (): BundleAnswer =>
      busy-- > 0 ? { status: 'refused', refusal: 'busy', detail: 'busy' } : APPLIED;
    const watched = await watch({ answer });
    writeFileSync(join(watched.folder, 'a.gpb'), 'a');
    await watched.answers.until((all) => all.length === 1);
    expect(watched.deliveries.items).toHaveLength(3);
  });
});

describe('handOver', () => {
  it('brings the answer of the gate back and leaves nothing behind', async () => {
    const folder = join(temporaryFolder(), 'inbox');
    const watched = await watch({ folder, onAnswer: answerBeside });
    expect(await handOver(folder, Uint8Array.of(7), 30_000)).toEqual(APPLIED);
    expect(watched.deliveries.items[0]?.bytes).toEqual(Uint8Array.of(7));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes the bundle back when nobody answers', async () => {
    const folder = join(temporaryFolder(), 'inbox');
    await expect(handOver(folder, Uint8Array.of(7), 60)).rejects.toMatchObject({ code: 'bundle.refused' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('ResultsFile', () => {
  it('keeps the newest results, one a line, whatever the names of the files', async () => {
    const path = join(temporaryFolder(), 'results.jsonl');
    const results = new ResultsFile(path, clock);
    expect(existsSync(path)).toBe(false);
    for (let index = 0; index < 205; index++) await results.add(`/media/stick/a ${index}.gpb`, APPLIED);
    await results.add('/x/b.gpb', { status: 'refused', refusal: 'old_number', detail: 'line\nbreak' });
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(200);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ file: 'b.gpb', refusal: 'old_number' });
  });
});

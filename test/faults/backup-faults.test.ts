import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demandFree } from '../../src/adapters/files/growing-file.ts';
import { NAMESPACE, needsMounts } from '../support/needs.ts';
import { seededNumbers } from '../support/seeded-random.ts';
import {
  filesOf,
  filled,
  GUARD,
  gatepost,
  passages,
  site,
  startedFrom,
} from '../support/store/backup-site.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const copiesIn = (folder: string) => readdirSync(folder).filter((name) => name.includes('copy'));

/** Copies of one filled store, each with a stick of its own. */
async function sites() {
  const first = site();
  const store = await filled(first.store);
  passages(store, 200);
  await store.stop();
  return () => {
    const next = site();
    cpSync(first.store, next.store, { recursive: true, preserveTimestamps: true });
    return next;
  };
}

describe('a stick', () => {
  it('that is pulled out at any step leaves a backup that is whole, or none, and is told as gone', async () => {
    const another = await sites();
    const seen = new Set<number>();
    // The last two steps are its name, and the folder of it.
    for (let nth = 1; ; nth += nth < 12 ? 4 : 1) {
      const { file, store, config, taken } = another();
      const fault = { what: 'gone', nth, below: file('stick') } as const;
      const { code, output } = await gatepost(['backup', file('stick'), ...config], { fault });
      const whole = taken().filter((name) => name.endsWith('.age'));
      seen.add(whole.length);
      expect(copiesIn(store)).toEqual([]);
      for (const path of whole) expect(await site().restore(path)).toContain('events');
      if (code === 0) break;
      expect([nth, output]).toEqual([
        nth,
        expect.stringMatching(/gatepost: .*the disk is gone or gives errors/),
      ]);
    }
    expect([...seen]).toEqual([0, 1]);
  });

  it('that was pulled out before its folder is looked at is told so', async () => {
    const { file, config } = (await sites())();
    writeFileSync(file('stick/gatepost-willow-court-north-20260101T000000Z.age.partial'), 'half');
    const fault = { what: 'gone', nth: 1, below: file('stick') } as const;
    const { output } = await gatepost(['backup', file('stick'), ...config], { fault });
    expect(output).toMatch(/stick cannot be written: the disk is gone or gives errors/);
  });

  it('formatted as FAT is refused beforehand for what it cannot hold', () => {
    const fat = () => ({ type: 0x4d44, bavail: 2 ** 24, bsize: 4096 });
    expect(() => demandFree('/media/stick', 2 ** 32 - 1, fat)).not.toThrow();
    expect(() => demandFree('/media/stick', 2 ** 32, fat)).toThrow(
      '/media/stick lies on a disk formatted as FAT, which holds no file of 4 GiB or more, and it needs 4096 MiB: format it as exFAT or ext4.',
    );
    expect(() => demandFree('/media/stick', 2 ** 32, () => ({ ...fat(), type: 0xef53 }))).not.toThrow();
  });

  it('is not written through a link, over a folder, or over anything that is there', async () => {
    const { file, store, config } = (await sites())();
    symlinkSync(file('nowhere'), file('dangling.age'));
    symlinkSync(file('gate.yaml'), file('linked.age'));
    symlinkSync(file('gate.yaml'), file('aside.age.partial'));
    const before = readFileSync(file('gate.yaml'));
    for (const [target, words] of [
      ['dangling.age', /exists already and is not overwritten/],
      ['linked.age', /exists already and is not overwritten/],
      ['aside.age', /a link lies in its place/],
      ['no/b.age', /is the stick mounted/],
    ] as const)
      expect((await gatepost(['backup', file(target), ...config])).output).toMatch(words);
    expect((await gatepost(['backup', '/dev/null', ...config])).output).toMatch(/exists already/);
    expect(readFileSync(file('gate.yaml'))).toEqual(before);
    expect(copiesIn(store)).toEqual([]);
    expect(readdirSync(file('')).filter((name) => /^(nowhere|.*partial)$/.test(name))).toEqual([
      'aside.age.partial',
    ]);
  });
});

// A mount namespace of our own gives an ordinary user small disks.
needsMounts('/mnt')('a small disk', () => {
  /** Runs a backup with a tmpfs of these options in place of `place`, whose files are in it. */
  async function backupOn(
    place: 'stick' | 'state',
    options: string,
    fault?: { readonly what: 'fill'; readonly nth: number },
  ) {
    const { store, file, config } = (await sites())();
    const at = file(place);
    const script = `mkdir '${at}.kept' && cp -a '${at}/.' '${at}.kept' && mount -t tmpfs -o ${options} none '${at}' &&
      { cp -a '${at}.kept/.' '${at}' || true; } && "$@"; ls -A '${file('stick')}' '${store}' >'${file('left')}'`;
    const { output } = await gatepost(['backup', file('stick'), ...config], {
      before: [...NAMESPACE, 'sh', '-c', script, 'sh'],
      ...(fault === undefined ? {} : { fault: { ...fault, below: file(place) } }),
    });
    const left = readFileSync(file('left'), 'utf8').split('\n');
    expect(left.filter((name) => /copy|\.age|partial/.test(name))).toEqual([]);
    return output;
  }

  it.each([
    ['size=64k', /There is no room for it in .*stick: it needs \d+ MiB, and \d+ MiB are free/],
    ['ro', /cannot be written: the disk takes no writes: a stick that is locked/],
  ])('that is mounted with %s is told before anything is copied', async (options, words) => {
    const output = await backupOn('stick', options);
    expect(output).toMatch(words);
    expect(output).not.toContain('Copying');
  });

  it('that is filled by others while the backup is written', async () => {
    expect(await backupOn('stick', 'size=2m', { what: 'fill', nth: 3 })).toMatch(
      /There is no room for it in .*age: it needs 1 MiB, and 0 MiB are free/,
    );
  });

  it('of the store without room for the copy', async () => {
    expect(await backupOn('state', 'size=5m,mode=0700')).toMatch(
      /A backup needs room for a copy of the store on its own disk/,
    );
  });

  it('of the store that is filled by others while it is copied', async () => {
    expect(await backupOn('state', 'size=8m,mode=0700', { what: 'fill', nth: 5 })).toMatch(
      /Cannot copy the log .*There is no room on the disk/,
    );
  });
});

describe('a backup that is not as it was written', () => {
  it('restores nothing, wherever it was cut or one bit was changed', async () => {
    const old = site();
    await filled(old.store);
    await old.backup();
    const [path = ''] = old.taken();
    const bytes = readFileSync(path);
    const body = bytes.indexOf('\n', bytes.indexOf('\n--- ') + 1) + 1;
    const card = site();
    const present = await openStore(card.store);
    await present.stop();
    const before = filesOf(card.store);
    const below = seededNumbers(10);
    // Each byte of the header, its key, the nonce, the first piece with its tag, what is behind it, and the end.
    const places = [
      ...Array.from({ length: body }, (_, at) => at).filter((at) => at % 5 === 0),
      ...Array.from({ length: 8 }, (_, at) => body + 2 * at),
      ...Array.from({ length: 8 }, () => body + 16 + below(65_536)),
      ...Array.from({ length: 4 }, (_, at) => body + 16 + 65_536 + 4 * at),
      ...Array.from({ length: 8 }, () => body + below(bytes.length - body)),
      ...Array.from({ length: 4 }, (_, at) => bytes.length - 1 - 5 * at),
    ];
    for (const at of places) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << below(8)), at);
      for (const content of [changed, bytes.subarray(0, at)]) {
        writeFileSync(card.file('changed.age'), content);
        const error = await card
          .restore(card.file('changed.age'), '--confirm', 'willow-court')
          .catch((caught: unknown) => caught);
        expect([at, error]).toMatchObject([at, { code: 'backup.refused' }]);
      }
      expect(filesOf(card.store)).toEqual(before);
    }
  });
});

describe('a command that is killed at any step', () => {
  it('leaves no backup or a whole one', async () => {
    const wholeIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.age'));
    const { store, file, config } = site();
    await filled(store);
    const into = temporaryFolder();
    const keep = { what: 'keep', nth: 1, below: file(''), kept: file('stick'), into } as const;
    expect((await gatepost(['backup', file('stick'), ...config], { fault: keep })).code).toBe(0);
    const steps = readdirSync(into).map((step) => join(into, step));
    const none = steps.filter((step) => wholeIn(step).length === 0).length;
    expect(none).toBeGreaterThan(5);
    expect(steps.length).toBeGreaterThan(none);
    for (const step of steps) {
      const whole = wholeIn(step);
      expect(whole.length).toBeLessThan(2);
      for (const name of whole) expect(await site().restore(join(step, name))).toContain('events');
    }
    // One that was killed does not stand in the way of the next.
    const next = site();
    await filled(next.store);
    for (const nth of [Math.ceil(none / 2), none, undefined]) {
      const fault = nth === undefined ? undefined : ({ what: 'kill', nth, below: next.file('') } as const);
      const { code } = await gatepost(
        ['backup', next.file('stick'), ...next.config],
        fault === undefined ? {} : { fault },
      );
      expect([nth, code === 0, wholeIn(next.file('stick')).length]).toEqual(
        nth === undefined ? [nth, true, 1] : [nth, false, 0],
      );
    }
    const [path = ''] = next.taken().filter((name) => name.endsWith('.age'));
    expect(await site().restore(path)).toContain('events');
  });

  it.each([
    ['a kill', 'kill', 1],
    ['a card that fails', 'gone', 4],
  ] as const)('leaves the store as it was, or as it is in the backup, after %s', async (_, what, step) => {
    const made = site();
    const first = await filled(made.store);
    await made.backup();
    const [path = ''] = made.taken();
    await first.stop();
    const seen = new Set<string>();
    for (let nth = 1; ; nth += step) {
      const card = site();
      const present = await openStore(card.store);
      present.operators.put({ ...GUARD, name: 'Present' });
      const { epoch } = present.log.head();
      await present.stop();
      writeFileSync(join(card.store, 'gate-key.pem'), 'the present key');
      const words = ['restore', path, '--identity', card.file('office.key'), ...card.config];
      const { code, output } = await gatepost([...words, '--confirm', 'willow-court'], {
        fault: { what, nth, below: card.store },
      });
      if (what === 'gone' && code !== 0)
        expect(output).toMatch(/gatepost: .*the disk is gone or gives errors/);
      const found = await startedFrom(card.store);
      const key = readFileSync(join(card.store, 'gate-key.pem'), 'utf8');
      const isOld = found.head.epoch === epoch;
      expect([nth, found.accounts, key]).toEqual(
        isOld ? [nth, ['Present'], 'the present key'] : [nth, ['Li Mei'], 'the key of the gate'],
      );
      if (!isOld) expect(found.reset?.cause).toBe('restored');
      seen.add(isOld ? 'old' : 'new');
      if (code === 0) break;
    }
    expect([...seen].sort()).toEqual(['new', 'old']);
  });
});

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import type { BundleType } from '../../../src/core/bundle/bundle.ts';
import { ordersContent } from '../../../src/core/bundle/orders.ts';
import { revocationsContent } from '../../../src/core/bundle/revocations.ts';
import { trustContent } from '../../../src/core/bundle/trust-content.ts';
import { packageRoot } from '../../../src/version.ts';
import { CENTRE_KEY, DAY_S, OFFICE_KEY, ROOT, sampleBundle } from '../../support/gate/bundle-samples.ts';
import { DaemonProcess } from '../../support/gate/daemon.ts';
import { issuePass } from '../../support/gate/gate.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatepost-lists-'));
const config = join(folder, 'gatepost.yaml');
const stick = join(folder, 'stick');
const nowS = Math.floor(Date.now() / 1000);
const { from: _from, until: _until, ...office } = OFFICE_KEY;
let daemon: DaemonProcess;

function listFile(type: BundleType, changes: Parameters<typeof sampleBundle>[1] = {}): string {
  const path = join(folder, `${type}-${changes.number ?? 1}-${Math.random()}.gpb`);
  writeFileSync(path, sampleBundle(type, { issuedAt: nowS - 60, nextUpdate: nowS + 7 * DAY_S, ...changes }));
  return path;
}

/** `gatepost apply` as a person runs it: exit code and everything it said. */
function apply(...files: string[]): Promise<{ code: number; said: string }> {
  const program = join(packageRoot(), 'dist/src/cli/gatepost.js');
  return new Promise((resolve) => {
    const words = [program, 'apply', ...files, '--config', config];
    execFile(process.execPath, words, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr }),
    );
  });
}

interface Row {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into the data of whatever event it finds
  readonly data: any;
}

/** The first event that fits, read beside the daemon as soon as it is there. */
async function event(fits: (row: Row) => boolean): Promise<Row> {
  for (;;) {
    const reader = openReadOnly(join(folder, 'store'));
    const rows = reader
      .readAfter(0, 10_000)
      .map(({ name, body }) => ({ name, data: JSON.parse(new TextDecoder().decode(body)).data }));
    reader.close();
    const found = rows.find(fits);
    if (found !== undefined) return found;
    await pause(20);
  }
}

/** Shows a pass to the scanner; the decision about it. */
async function present(pass: { text: string; passId: string }): Promise<Row> {
  const answer = await fetch(new URL('/api/demo/scan', daemon.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(daemon.url).origin },
    body: JSON.stringify({ accessPoint: 'main-in', text: pass.text }),
  });
  expect(answer.status).toBe(200);
  return event(({ name, data }) => /^access\.(granted|denied)$/.test(name) && data.passId === pass.passId);
}

beforeAll(async () => {
  writeFileSync(
    config,
    JSON.stringify({
      version: 1,
      site: { id: 'willow-court', name: 'Willow Court', timeZone: 'Asia/Shanghai' },
      gate: { id: 'north', name: 'North gate' },
      doors: {
        main: { name: 'Main', releaseSeconds: 0.2, passageSeconds: 1, lock: { driver: 'simulated' } },
      },
      accessPoints: {
        'main-in': { door: 'main', direction: 'in', scanner: { driver: 'serial', path: 'simulated' } },
      },
      trust: { rootKey: Buffer.from(ROOT.publicKey).toString('hex'), inboxFolder: 'stick' },
      web: { port: 0 },
      store: { folder: 'store' },
      demo: { panel: true },
    }),
  );
  daemon = await DaemonProcess.start({ config });
  await daemon.takesCodes('main-in');
});
afterAll(async () => {
  await daemon?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it('opens for the passes of a key once `gatepost apply` has brought it', async () => {
  const content = trustContent([CENTRE_KEY, office]);
  expect(await apply(listFile('trust', { content }))).toMatchObject({
    code: 0,
    said: expect.stringContaining('trust 1 is in force now'),
  });
  expect((await event(({ name }) => name === 'policy.applied')).data).toMatchObject({
    list: 'trust',
    source: 'apply',
  });
  expect((await present(issuePass())).name).toBe('access.granted');
});

it('refuses a revoked pass from then on, and what is wrong with a list is said at once', async () => {
  const lost = issuePass();
  const passes = new Uint8Array(8_000_000);
  const view = new DataView(passes.buffer);
  for (let index = 0; index < 1_000_000; index++) view.setUint32(index * 8 + 4, index);
  passes.set(Buffer.from(lost.passId, 'hex'), 8 * 999_999);
  const content = new Map([...revocationsContent([], []), ['passes', passes]]);
  const list = listFile('revocations', { number: 5, content });
  expect(await apply(list)).toMatchObject({ code: 0, said: expect.stringContaining('revocations 5') });
  expect((await present(lost)).data).toMatchObject({ reason: 'gp:Revoked', revocationVersion: 5 });
  const older = await apply(listFile('revocations', { number: 4 }), list);
  expect(older).toMatchObject({ code: 1, said: expect.stringContaining('old_number') });
  expect(older.said).toContain('revocations 5 was in force already');
});

it('takes lists from a stick', async () => {
  const held = 'a0b1c2d3e4f5';
  const content = ordersContent([{ kind: 'quarantine', subject: { holderRef: held }, from: nowS - 60 }]);
  mkdirSync(stick);
  writeFileSync(
    join(stick, 'orders.gpb'),
    sampleBundle('orders', { issuedAt: nowS - 60, nextUpdate: nowS + DAY_S, content }),
  );
  expect((await event(({ data }) => data.list === 'orders')).data).toMatchObject({ source: 'usb' });
  const pass = issuePass({ holderRef: held });
  // A quarantine holds whoever wants out; coming home is let in, and marked.
  expect((await present(pass)).data.marks).toEqual(['orderBreached']);
  // The result is written after the list is in force.
  const results = join(folder, 'store/inbox-results.jsonl');
  await vi.waitFor(() => expect(readFileSync(results, 'utf8')).toContain('"orders.gpb"'), {
    timeout: 200_000,
  });
});

it('goes on with the same lists after it was killed', async () => {
  await daemon.kill('SIGKILL');
  expect((await apply(listFile('revocations', { number: 5 }))).said).toContain('old_number');
  daemon = await DaemonProcess.start({ config });
  await daemon.takesCodes('main-in');
  expect((await present(issuePass())).data.revocationVersion).toBe(5);
});

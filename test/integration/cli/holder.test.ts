import { spawn } from 'node:child_process';
import { createPublicKey, hash, verify } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { registerDirectory } from '../../../src/cli/directory/commands.ts';
import { registerHolder } from '../../../src/cli/holder/commands.ts';
import type { Effect } from '../../../src/core/decision/effect.ts';
import { canonicalJson } from '../../../src/core/encoding/canonical-json.ts';
import { verifyChain } from '../../../src/core/events/chain.ts';
import type { EventDraft } from '../../../src/core/events/event.ts';
import { gatepostArguments } from '../../support/gate/daemon.ts';
import { accessGranted } from '../../support/gate/event-samples.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const [ME, OTHER] = ['0a1b2c3d4e5f', '0a1b2c3d4e60'];
const [MY_PASS, MY_OTHER_PASS, THEIR_PASS, GUEST] = [
  'a1a1a1a1a1a1a101',
  'a1a1a1a1a1a1a102',
  'b2b2b2b2b2b2b203',
  'c3c3c3c3c3c3c304',
];

async function run(...words: string[]) {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerHolder(program);
  registerDirectory(program);
  const out: string[] = [];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((text) => void out.push(`${text}\n`)),
    vi.spyOn(console, 'error').mockImplementation(() => undefined),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  try {
    await program.parseAsync(words, { from: 'user' });
    return out.join('');
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

function override(
  data: Partial<Extract<EventDraft, { name: 'operator.override' }>['data']>,
  timeMs: number,
): EventDraft {
  return {
    name: 'operator.override',
    subject: 'main-in',
    data: { operator: 'li', action: 'open', accessPoint: 'main-in', note: 'known', ...data },
    timeMs,
    timeQuality: 'synced',
  };
}

/** A gate in use for a while by many households, two of whom are looked at. */
async function usedGate({ live = false } = {}) {
  const folder = temporaryFolder();
  const config = join(folder, 'gate.yaml');
  writeFileSync(config, ONE_DOOR);
  const clock = new SystemClock();
  const store = await openStore(join(folder, 'state'), { clock });
  const nowMs = clock.read().wallMs;
  const siteDay = Math.floor(nowMs / DAY_MS);
  const step = Math.floor(nowMs / 15_000) - 100;
  const passage = (
    name: string,
    passId: string,
    holderRef: string | undefined,
    more: object = {},
  ): Effect => ({
    kind: 'recordPassage',
    entry: {
      passage: name,
      passId,
      ...(holderRef === undefined ? {} : { holderRef }),
      kind: 'resident',
      direction: 'in',
      accessPoint: 'main-in',
      siteDay,
      passUntilMs: nowMs + 30 * DAY_MS,
      ...more,
    },
  });
  const hex = (n: number, digits: number) => hash('sha256', `${n}`, 'hex').slice(0, digits);
  // Households in an order of chance, so that pages of the ledger's indexes split and their content moves.
  for (let round = 0; round < 20; round++) {
    const events: EventDraft[] = [];
    const effects: Effect[] = [];
    for (let n = 0; n < 60; n++) {
      const [holderRef, passId, name] = [
        hex(n + 60 * (round % 5), 12),
        hex(n + 60 * (round % 5), 16),
        `p-${round}-${n}`,
      ];
      events.push(accessGranted({ holderRef, passId, passage: name }, nowMs));
      effects.push(passage(name, passId, holderRef), {
        kind: 'rememberStep',
        passId,
        step: step - round * 100 - n,
      });
    }
    const mine = round % 2 === 0 ? MY_PASS : MY_OTHER_PASS;
    const name = `mine-${round}`;
    events.push(
      accessGranted({ holderRef: ME, passId: mine, passage: name }, nowMs),
      override({ action: 'open', passage: name, note: `for ${name}` }, nowMs),
      accessGranted({ holderRef: OTHER, passId: THEIR_PASS, passage: `theirs-${round}` }, nowMs),
    );
    effects.push(
      passage(name, mine, ME, live ? { usesLimited: true } : {}),
      { kind: 'rememberStep', passId: mine, step: step - 100 - round },
      passage(`theirs-${round}`, THEIR_PASS, OTHER),
      { kind: 'confirmPassage', passage: name },
    );
    store.log.commit({ events, effects });
  }
  const order = (
    id: string,
    subject: { passId: string } | { holderRef: string },
    untilMs?: number,
  ): Effect => ({
    kind: 'addOrder',
    order: {
      id,
      kind: 'quarantine',
      subject,
      fromMs: nowMs - DAY_MS,
      ...(untilMs === undefined ? {} : { untilMs }),
      source: 'guard',
      by: 'li',
      note: 'why',
    },
  });
  const visit = (passId: string, hostRef: string, untilMs: number): Effect => ({
    kind: 'registerVisitor',
    visitor: { passId, label: '<b>Guest</b>', hostRef, fromMs: nowMs - DAY_MS, untilMs, registeredBy: 'li' },
  });
  store.log.commit({
    events: [
      override({ action: 'order', kind: 'quarantine', order: 'o1', holderRef: ME }, nowMs),
      override({ action: 'forgive-antipassback', passId: MY_PASS }, nowMs),
      override({ action: 'forgive-antipassback', holderRef: OTHER, note: `not ${ME}` }, nowMs),
      {
        name: 'visitor.registered',
        subject: 'main-in',
        data: {
          passId: GUEST,
          hostRef: ME,
          confirmed: true,
          operator: 'li',
          until: new Date(nowMs).toISOString(),
        },
        timeMs: nowMs,
        timeQuality: 'synced',
      },
    ],
    effects: [
      order('o1', { holderRef: ME }, live ? nowMs + HOUR_MS : nowMs - 1),
      order('o2', { passId: MY_PASS }, nowMs - 1),
      order('o3', { holderRef: OTHER }),
      visit(GUEST, ME, live ? nowMs + HOUR_MS : nowMs - 1),
      { kind: 'countReport', holderRef: ME, siteDay },
      { kind: 'countReport', holderRef: OTHER, siteDay },
    ],
  });
  const table = join(folder, 'holders.csv');
  writeFileSync(table, `holder,label,unit\n${ME},<script>alert(1)</script> Li,7-1\n${OTHER},Wang,7-2\n`);
  writeFileSync(join(folder, `${ME}.jpg`), Buffer.from('ffd8ffe000104a46494600', 'hex'));
  await run('directory', 'import', table, '--photos', folder, '--config', config);
  return { folder, config, store, state: join(folder, 'state'), nowMs };
}

function lastOf(state: string, name: string) {
  const reader = openReadOnly(state);
  try {
    const [row] = reader.newestOf({ types: [name] }, 1);
    return JSON.parse(new TextDecoder().decode(row?.body));
  } finally {
    reader.close();
  }
}

/** Files of the store in which one of these texts stands, or its bytes. */
function found(state: string, ...texts: string[]): string[] {
  return readdirSync(state, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(state, name)).isFile())
    .filter((name) => {
      const bytes = readFileSync(join(state, name));
      return texts.some((text) => bytes.includes(text) || bytes.includes(Buffer.from(text, 'hex')));
    });
}

const MINE = [ME, MY_PASS, MY_OTHER_PASS];

describe('gatepost holder export', () => {
  it('hands out all of one holder and nothing of others, and says so without the pseudonym', async () => {
    const { config, state, folder } = await usedGate();
    const out = join(folder, 'me.json');
    await run('holder', 'export', ME, '--config', config, '--out', out);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const text = readFileSync(out, 'utf8');
    const all = JSON.parse(text);
    expect(all).toMatchObject({
      holderRef: ME,
      passIds: [MY_PASS, MY_OTHER_PASS],
      register: { label: '<script>alert(1)</script> Li', unit: '7-1' },
      photograph: {
        type: 'image/jpeg',
        base64: Buffer.from('ffd8ffe000104a46494600', 'hex').toString('base64'),
      },
      reports: [{ count: 1 }],
      visits: [{ passId: GUEST, hostRef: ME }],
    });
    expect(all.ledger).toHaveLength(20);
    expect(all.orders.map(({ id }: { id: string }) => id)).toEqual(['o1', 'o2']);
    expect(all.phoneCodes).toHaveLength(20);
    // A passage and what was ordered about it twenty times, two orders, and the visitor.
    expect(all.events).toHaveLength(43);
    expect(text).not.toContain(OTHER);
    expect(text).not.toContain(THEIR_PASS);
    const { data } = lastOf(state, 'privacy.exported');
    expect(data).toEqual({ rows: 43 });
    await expect(run('holder', 'export', 'ffffffffffff', '--config', config)).rejects.toThrow(
      /Nothing is kept/,
    );
  });

  it.each(['en', 'zh-CN', 'zh-TW'])(
    'hands out a page in %s in which nothing is markup that was not meant',
    async (language) => {
      const { config, folder } = await usedGate();
      const out = join(folder, 'me.html');
      await run('holder', 'export', ME, '--config', config, '--out', out, '--language', language);
      const page = readFileSync(out, 'utf8');
      expect(page).toContain(`<html lang="${language}">`);
      expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; Li');
      expect(page).toContain('&lt;b&gt;Guest&lt;/b&gt;');
      expect(page).not.toMatch(/<script|<b>|undefined|\{\w+\}/);
      expect(page).not.toMatch(/(src|href)="(?!data:)/);
      expect(page.match(/<td>access\.granted<\/td>/g)).toHaveLength(20);
      expect(page).not.toContain(THEIR_PASS);
    },
  );
});

describe('gatepost holder erase', () => {
  it('leaves nothing of the holder in any file, and all of the others', async () => {
    const { config, state, store } = await usedGate();
    await store.stop();
    const { receipt, publicKey, signature } = JSON.parse(
      await run('holder', 'erase', ME, '--config', config),
    );
    expect(found(state, ...MINE)).toEqual([]);
    expect(found(state, OTHER)).toEqual(['gatepost.db']);
    expect(receipt).toMatchObject({
      site: 'willow-court',
      log: { rows: 44 },
      deleted: {
        register: 1,
        photographs: 1,
        passages: 20,
        orders: 2,
        visits: 1,
        reports: 1,
        phoneCodes: 20,
      },
      stays: [],
      lists: [],
    });
    expect(JSON.stringify(receipt)).not.toContain(ME);
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey, 'hex').toString('base64url') },
      format: 'jwk',
    });
    const signed = Buffer.from(`gatepost-erasure/1\n${canonicalJson(receipt)}`);
    expect(verify(null, signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
    const { data } = lastOf(state, 'privacy.erased');
    expect(data).toEqual({
      ranges: receipt.log.ranges,
      rows: 44,
      receipt: hash('sha256', canonicalJson(receipt), 'hex'),
    });
    const theirs = JSON.parse(await run('holder', 'export', OTHER, '--config', config));
    expect(theirs).toMatchObject({
      register: { label: 'Wang' },
      orders: [{ id: 'o3' }],
      reports: [{ count: 1 }],
    });
    expect(theirs.ledger).toHaveLength(20);
    const reader = openReadOnly(state);
    try {
      const head = reader.head();
      const verdict = verifyChain(reader.rows(), { cover: reader.cover(), ...(head && { last: head }) });
      expect(verdict.status).toBe('intact');
    } finally {
      reader.close();
    }
    await expect(run('holder', 'erase', ME, '--config', config)).rejects.toThrow(/Nothing is kept/);
  });

  it('does the same beside a running gate, which goes on', async () => {
    const { config, state, store } = await usedGate();
    await run('holder', 'erase', ME, '--config', config);
    expect(found(state, ...MINE)).toEqual([]);
    store.log.commit({ events: [accessGranted({ holderRef: 'ffeeddccbbaa', passId: 'ffeeddccbbaa9988' })] });
    expect(lastOf(state, 'access.granted').data.passId).toBe('ffeeddccbbaa9988');
    const left = JSON.parse(await run('holder', 'export', OTHER, '--config', config));
    // Its passages, and not the order about it in whose note the other one stood.
    expect(left.events).toHaveLength(20);
    expect(store.outbox.readAfter(0, 5_000).at(-1)?.name).toBe('privacy.exported');
  });

  it('keeps what a rule needs, says until when, and lets it go then', async () => {
    const { config, state, store, nowMs } = await usedGate({ live: true });
    await store.stop();
    const { receipt } = JSON.parse(await run('holder', 'erase', ME, '--config', config));
    const iso = (ms: number) => new Date(Math.floor(ms)).toISOString();
    expect(receipt.stays).toEqual([
      { what: 'order', for: 'order', count: 1, until: iso(nowMs + HOUR_MS) },
      { what: 'report', for: 'order', count: 1, until: iso(nowMs + HOUR_MS) },
      { what: 'passage', for: 'uses', count: 20, until: iso(nowMs + 30 * DAY_MS) },
      { what: 'hostedVisit', for: 'visit', count: 1, until: iso(nowMs + HOUR_MS) },
    ]);
    await store.start(new AbortController().signal);
    expect(facts(store, nowMs)).toMatchObject({ usesSpent: 10 });
    expect(store.orders.ordersFor(MY_PASS, ME)).toHaveLength(1);
    const purge = (atMs: number) =>
      store.recordPurge.purgeRecords(
        {
          nowMs: atMs,
          today: Math.floor(atMs / DAY_MS),
          visitMs: 0,
          vehicleMs: 0,
          deliveryMs: 0,
          orderMs: 0,
          reportDay: 0,
          browserMs: 0,
        },
        1_000,
      );
    purge(nowMs + HOUR_MS - 1);
    expect(store.orders.ordersFor(MY_PASS, ME)).toHaveLength(1);
    purge(nowMs + HOUR_MS);
    expect(store.orders.find('o1')).toBeUndefined();
    expect(store.visitors.find(GUEST)).not.toHaveProperty('hostRef');
    expect(facts(store, nowMs)).toMatchObject({ usesSpent: 10 });
    purge(nowMs + 30 * DAY_MS + 1);
    await expect(run('holder', 'erase', ME, '--config', config)).rejects.toThrow(/Nothing is kept/);
    await store.stop();
    await expect(run('holder', 'erase', ME, '--config', config)).rejects.toThrow(/Nothing is kept/);
    expect(found(state, ME)).toEqual([]);
  });

  it('that is killed anywhere has erased all or nothing, or is completed by the next run', async () => {
    const { config, state, store } = await usedGate();
    await store.stop();
    for (const waitMs of [100, 250, 400, 600, 1000]) {
      const words = gatepostArguments('holder', 'erase', ME, '--config', config);
      const child = spawn(process.execPath, words, { stdio: 'ignore' });
      const exit = once(child, 'exit');
      await Promise.race([delay(waitMs), exit]);
      child.kill('SIGKILL');
      await exit;
      const text = await run('holder', 'export', ME, '--config', config).catch(() => undefined);
      if (text === undefined) expect(lastOf(state, 'privacy.erased').data.rows).toBe(44);
      else expect(JSON.parse(text).events).toHaveLength(43);
    }
    await run('holder', 'erase', ME, '--config', config).catch(() => undefined);
    expect(found(state, ...MINE)).toEqual([]);
  });
});

function facts(store: Store, nowMs: number) {
  return store.holderState.facts({
    passId: MY_PASS,
    holderRef: ME,
    direction: 'in',
    siteDay: Math.floor(nowMs / DAY_MS),
    quotaDays: 0,
    usesWanted: 100,
  });
}

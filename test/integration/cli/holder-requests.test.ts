import { createPublicKey, verify } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { registerHolder } from '../../../src/cli/holder/commands.ts';
import type { Effect } from '../../../src/core/decision/effect.ts';
import { canonicalJson } from '../../../src/core/encoding/canonical-json.ts';
import { CHAIN_START, verifyChain } from '../../../src/core/events/chain.ts';
import type { RequestKind } from '../../../src/core/report/data-request.ts';
import { accessGranted } from '../../support/gate/event-samples.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const DAY_MS = 86_400_000;
const HOUSEHOLD = '0a1b2c3d4e5f';
const [MINE, MOTHERS] = ['a1a1a1a1a1a1a101', 'a1a1a1a1a1a1a102'];

async function run(...words: string[]): Promise<string> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerHolder(program);
  const out: string[] = [];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((text) => void out.push(`${text}\n`)),
    vi.spyOn(console, 'error').mockImplementation(() => undefined),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  try {
    await program.parseAsync(['holder', ...words], { from: 'user' });
    return out.join('');
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

/** A gate with some passages of two passes of a household, and a request about one of them. */
async function askedGate(kind: RequestKind) {
  const folder = temporaryFolder();
  const config = join(folder, 'gate.yaml');
  writeFileSync(config, ONE_DOOR);
  const state = join(folder, 'state');
  const store = await openStore(state, { clock: new SystemClock() });
  const nowMs = Date.now();
  const siteDay = Math.floor(nowMs / DAY_MS);
  for (let n = 0; n < 30; n += 1) {
    const events = [MINE, MOTHERS].map((passId) =>
      accessGranted({ holderRef: HOUSEHOLD, passId, passage: `${passId}-${n}` }, nowMs),
    );
    const effects = [MINE, MOTHERS].map(
      (passId): Effect => ({
        kind: 'recordPassage',
        entry: {
          passage: `${passId}-${n}`,
          passId,
          holderRef: HOUSEHOLD,
          kind: 'resident',
          direction: 'in',
          accessPoint: 'main-in',
          siteDay,
          passUntilMs: nowMs - 1,
        },
      }),
    );
    store.log.commit({ events, effects });
  }
  const request = { number: store.requests.nextNumber(), kind, accessPoint: 'main-in', askedMs: nowMs };
  store.log.commit({ events: [], effects: [{ kind: 'addRequest', request: { ...request, passId: MINE } }] });
  return { folder, config, state, store, number: String(request.number) };
}

function rowsOf(state: string) {
  const reader = openReadOnly(state);
  try {
    const head = reader.head();
    const verdict = verifyChain(reader.rows(), {
      after: CHAIN_START,
      cover: reader.cover(),
      ...(head && { last: head }),
    });
    const events = reader.readAfter(0, 1_000).map(({ body }) => JSON.parse(new TextDecoder().decode(body)));
    return { verdict, events };
  } finally {
    reader.close();
  }
}

function filesWith(state: string, text: string): string[] {
  return readdirSync(state, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(state, name)).isFile())
    .filter((name) => {
      const bytes = readFileSync(join(state, name));
      return bytes.includes(text) || bytes.includes(Buffer.from(text, 'hex'));
    });
}

const stateOf = (store: Store, number: string) => store.requests.find(Number(number));

describe('a request for a copy that was made at the gate', () => {
  it('is listed, answered by the office, and handed out: of this pass alone', async () => {
    const { folder, config, state, store, number } = await askedGate('export');
    expect(await run('requests', '--config', config)).toMatch(/^1001 {2}export {3}open /);
    expect(await run('answer', number, '--confirm', '--note', 'Known', '--config', config)).toContain(
      `gatepost holder export --request ${number}`,
    );
    expect(rowsOf(state).events.at(-1)).toMatchObject({
      type: 'io.gatepost.operator.override.v1',
      data: { action: 'answer-request', request: 1001, answer: 'confirmed', note: 'Known' },
    });
    const out = join(folder, 'copy.json');
    await run('export', '--request', number, '--out', out, '--config', config);
    const text = readFileSync(out, 'utf8');
    const copy = JSON.parse(text);
    expect(copy).toMatchObject({ passIds: [MINE], requests: [{ number: 1001, kind: 'export' }] });
    expect(copy.holderRef).toBeUndefined();
    expect(copy.events).toHaveLength(30);
    expect(copy.ledger).toHaveLength(30);
    expect(text).not.toContain(MOTHERS);
    expect(rowsOf(state).events.at(-1).data).toEqual({ rows: 30, request: 1001 });
    expect(stateOf(store, number)).toMatchObject({ state: 'done' });
    expect(store.requests.newestOf(MINE)).toMatchObject({ number: 1001, state: 'done' });
    expect(store.requests.newestOf(MOTHERS)).toBeUndefined();
    await expect(run('export', '--request', number, '--config', config)).rejects.toThrow('is over (done)');
    await store.stop();
  });

  it('is a page to read too, with the request in it', async () => {
    const { folder, config, store, number } = await askedGate('export');
    const out = join(folder, 'copy.html');
    await run('export', '--request', number, '--out', out, '--language', 'zh-TW', '--config', config);
    expect(readFileSync(out, 'utf8')).toContain('在閘門提出的申請');
    await store.stop();
  });

  it('is refused with a reason, and then carried out by nobody', async () => {
    const { config, state, store, number } = await askedGate('export');
    await run('answer', number, '--refuse', '--note', 'Not proved', '--config', config);
    expect(stateOf(store, number)).toMatchObject({ state: 'refused', note: 'Not proved' });
    await expect(run('export', '--request', number, '--config', config)).rejects.toThrow('is over (refused)');
    await expect(run('answer', number, '--confirm', '--note', 'x', '--config', config)).rejects.toThrow(
      'waits for an answer',
    );
    const { events } = rowsOf(state);
    expect(events.some(({ type }) => type.startsWith('io.gatepost.privacy'))).toBe(false);
    await store.stop();
  });

  it.each([
    [['export'], 'Name a holder'],
    [['export', HOUSEHOLD, '--request', '1001'], 'Name a holder'],
    [['export', '--request', '7'], 'There is no request 7'],
    [['erase', '--request', '1001'], 'asks for something else'],
    [['answer', '1001', '--note', 'x'], 'Say either'],
    [['receipt', '1001'], 'There is no receipt'],
  ])('%j is refused in words', async (words, sentence) => {
    const { config, store } = await askedGate('export');
    await expect(run(...words, '--config', config)).rejects.toThrow(sentence);
    await store.stop();
  });
});

describe('a request for deletion that was made at the gate', () => {
  it('takes this pass out of log, tables and unused parts of the file; the rest stays and can be verified', async () => {
    const { config, state, store, number } = await askedGate('erasure');
    await store.stop();
    const printed = JSON.parse(await run('erase', '--request', number, '--config', config));
    expect(printed.receipt).toMatchObject({ log: { rows: 30 }, deleted: { passages: 30 }, stays: [] });
    const key = { key: Buffer.from(`302a300506032b6570032100${printed.publicKey}`, 'hex') } as const;
    const publicKey = createPublicKey({ ...key, format: 'der', type: 'spki' });
    const signed = Buffer.from(`gatepost-erasure/1\n${canonicalJson(printed.receipt)}`);
    expect(verify(null, signed, publicKey, Buffer.from(printed.signature, 'base64url'))).toBe(true);
    expect(filesWith(state, MINE)).toEqual([]);
    expect(filesWith(state, MOTHERS)).not.toEqual([]);
    const { verdict, events } = rowsOf(state);
    expect(verdict).toMatchObject({ status: 'intact', erased: 30 });
    expect(events.filter(({ data }) => data.passId === MOTHERS)).toHaveLength(30);
    expect(events.find(({ type }) => type === 'io.gatepost.privacy.erased.v1').data).toMatchObject({
      rows: 30,
      request: 1001,
    });
    expect(JSON.parse(await run('receipt', number, '--config', config))).toEqual(printed);
    // Once more gives the same receipt, and rewrites what could not be rewritten beside a running gate.
    expect(JSON.parse(await run('erase', '--request', number, '--config', config))).toEqual(printed);

    const again = await openStore(state, { clock: new SystemClock() });
    expect(again.requests.newestOf(MINE)).toMatchObject({ number: 1001, state: 'done' });
    await again.stop();
  });

  it('is done when all of the household is erased', async () => {
    const { config, store, state } = await askedGate('erasure');
    await store.stop();
    await run('erase', HOUSEHOLD, '--config', config);
    expect(filesWith(state, MINE)).toEqual([]);
    expect(await run('requests', '--config', config)).toMatch(/^1001 {2}erasure {2}done /);
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SENSORS } from '../../../hardware/sensors.ts';
import { Store } from '../../../src/adapters/sqlite/store.ts';
import { EXIT_CONFIG, reportError } from '../../../src/cli/exit.ts';
import { registerOperator } from '../../../src/cli/site/operator.ts';
import { registerStandDown } from '../../../src/cli/site/stand-down.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { isReportSigned } from '../../../src/core/report/deletion-report.ts';
import { Daemon } from '../../../src/daemon/daemon.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const NEVER = new AbortController().signal;

/** A gate that was once started and has an operator and one event about a person. */
async function usedGate() {
  const folder = temporaryFolder();
  const config = join(folder, 'gate.yaml');
  writeFileSync(config, ONE_DOOR);
  const store = new Store({
    folder: join(folder, 'state'),
    site: 'willow-court',
    gate: 'north',
    clock: new VirtualClock(),
    logger: new SilentLogger(),
  });
  onTestFinished(() => store.stop());
  await store.start(NEVER);
  store.operators.put({ name: 'Li Mei', passwordHash: 'scrypt$x', role: 'guard' });
  const data = { operator: 'Li Mei' };
  store.log.commit({
    events: [{ name: 'operator.login', subject: 'north', data, timeMs: 1, timeQuality: 'synced' }],
  });
  return { folder, config, store };
}

async function gatepost(...words: string[]): Promise<string> {
  const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
  registerStandDown(program);
  registerOperator(program);
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line) => {
    lines.push(String(line));
  });
  try {
    await program.parseAsync(words, { from: 'user' });
  } finally {
    print.mockRestore();
  }
  return lines.join('\n');
}

describe('gatepost stand-down', () => {
  it('changes nothing without the right site, beside a running gate, or over another report', async () => {
    const { folder, config, store } = await usedGate();
    const words = ['stand-down', '--config', config];
    await expect(gatepost(...words)).rejects.toThrow(/--confirm/);
    await expect(gatepost(...words, '--confirm', 'willow')).rejects.toThrow(/takes --confirm willow-court/);
    await expect(gatepost(...words, '--confirm', 'willow-court')).rejects.toMatchObject({ code: 'log.busy' });
    await store.stop();
    const taken = join(folder, 'report.json');
    writeFileSync(taken, 'mine');
    await expect(gatepost(...words, '--confirm', 'willow-court', '--report', taken)).rejects.toThrow(
      /exists already/,
    );
    expect(await gatepost('operator', 'list', '--config', config)).toBe('Li Mei  (guard)');
    expect(existsSync(join(folder, 'state/stand-down.json'))).toBe(false);
  });

  it('does not make a store where there is none', async () => {
    const { folder, config } = await usedGate();
    writeFileSync(config, readFileSync(config, 'utf8').replace('folder: state', 'folder: nowhere'));
    await expect(gatepost('stand-down', '--config', config, '--confirm', 'willow-court')).rejects.toThrow(
      /nothing to end/,
    );
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  it('leaves a signed report, and a store that daemon and tools refuse in plain words', async () => {
    const { folder, config, store } = await usedGate();
    await store.stop();
    const copy = join(folder, 'report.json');
    const words = ['stand-down', '--config', config, '--confirm', 'willow-court'];
    expect(await gatepost(...words, '--report', copy)).toContain('The checkpoint willow-court is ended.');
    const signed = JSON.parse(readFileSync(copy, 'utf8'));
    expect(isReportSigned(signed)).toBe(true);
    expect(signed.report.erased).toMatchObject({ operators: 1, events: 1 });
    expect(existsSync(join(folder, 'state/gate-key.pem'))).toBe(false);
    expect(await gatepost(...words)).toContain('stand-down.json');

    writeFileSync(join(folder, 'password'), 'plum tree in rain');
    const again = ['operator', 'set-password', 'Li Mei', '--config', config, '--password-file'];
    await expect(gatepost(...again, join(folder, 'password'))).rejects.toMatchObject({
      code: 'site.stooddown',
    });
    const daemon = new Daemon({
      loaded: loadConfig(config, SENSORS),
      logger: new SilentLogger(),
      env: {},
      webMustStart: false,
      onSetUpCode: () => undefined,
    });
    const refusal = await daemon.start(NEVER).catch((error: unknown) => error);
    await daemon.stop();
    const said: string[] = [];
    expect(reportError(refusal, false, (line) => said.push(line))).toBe(EXIT_CONFIG);
    expect(said.join()).toMatch(/^gatepost: The checkpoint of the store .* was ended on /);
  });

  it('that fails after the erasing has begun is completed by the next run, with the same report', async () => {
    const { folder, config, store } = await usedGate();
    await store.stop();
    const inTheWay = join(folder, 'state/old.pem');
    mkdirSync(inTheWay);
    const words = ['stand-down', '--config', config, '--confirm', 'willow-court'];
    await expect(gatepost(...words)).rejects.toThrow(/what was begun is completed then/);
    const report = readFileSync(join(folder, 'state/stand-down.json'), 'utf8');
    expect(existsSync(join(folder, 'state/gate-key.pem'))).toBe(true);
    await expect(store.start(NEVER)).rejects.toMatchObject({ code: 'site.stooddown' });
    rmdirSync(inTheWay);
    await gatepost(...words);
    expect(readFileSync(join(folder, 'state/stand-down.json'), 'utf8')).toBe(report);
    expect(existsSync(join(folder, 'state/gate-key.pem'))).toBe(false);
    expect(readFileSync(join(folder, 'state/gatepost.db')).includes('Li Mei')).toBe(false);
  });

  it('leaves no database that was put aside, and not the room that was kept', async () => {
    const { folder, config, store } = await usedGate();
    await store.stop();
    const state = join(folder, 'state');
    const aside = ['gatepost.db', 'gatepost.db-wal', 'gatepost.db-shm'].map(
      (name) => `${name}.damaged-20261129T070000Z`,
    );
    const beside = [
      'gatepost.db.new',
      'gatepost.db.copy',
      'gatepost.db.replaced-20261129T070000Z',
      'backup.lock',
    ];
    for (const name of [...aside, ...beside]) writeFileSync(join(state, name), 'Li Mei');
    for (const name of ['restoring', 'restore-20261129T070000Z']) {
      mkdirSync(join(state, name));
      writeFileSync(join(state, name, 'gatepost.db'), 'Li Mei');
    }
    writeFileSync(join(state, 'gate-key.pem.replaced-20261129T070000Z'), 'a key');
    expect(readdirSync(state)).toContain('reserve');
    await gatepost('stand-down', '--config', config, '--confirm', 'willow-court');
    const left = readdirSync(state).filter((name) => !name.startsWith('gatepost.mark-'));
    expect(left.sort()).toEqual(['gatepost.db', 'gatepost.lock', 'stand-down.json']);
  });

  it('that cannot leave its report erases nothing', async () => {
    const { folder, config, store } = await usedGate();
    await store.stop();
    mkdirSync(join(folder, 'state/stand-down.json'));
    const words = ['stand-down', '--config', config, '--confirm', 'willow-court'];
    await expect(gatepost(...words)).rejects.toMatchObject({ code: 'usage' });
    await store.start(NEVER);
    expect(store.operators.find('Li Mei')).toBeDefined();
    await store.stop();
    rmdirSync(join(folder, 'state/stand-down.json'));
    await gatepost(...words);
    expect(isReportSigned(JSON.parse(readFileSync(join(folder, 'state/stand-down.json'), 'utf8')))).toBe(
      true,
    );
  });
});

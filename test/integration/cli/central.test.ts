import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { registerCentral } from '../../../src/cli/central/commands.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { DaemonProcess } from '../../support/gate/daemon.ts';
import { needs } from '../../support/needs.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** Runs a subcommand in this process; what it printed, and its exit code. */
async function central(...words: string[]): Promise<{ readonly out: string; readonly exitCode: number }> {
  const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
  registerCentral(program);
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line = '') => {
    lines.push(String(line));
  });
  const complain = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    await program.parseAsync(['central', ...words], { from: 'user' });
    return { out: lines.join('\n'), exitCode: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = undefined;
    print.mockRestore();
    complain.mockRestore();
  }
}

const file = (name: string): string => join(folder, name);

/** Makes a key, and gives what the command has printed to be copied. */
async function key(name: string, ...more: string[]): Promise<string> {
  const { out } = await central('keygen', '--out', file(name), '--name', name, ...more);
  return out;
}

function configFile(rootKey: string, broker: string): string {
  writeFileSync(
    file('gatepost.yaml'),
    JSON.stringify({
      version: 1,
      site: { id: 'willow-court', name: 'Willow Court', timeZone: 'Asia/Shanghai', clock: 'trust' },
      gate: { id: 'north', name: 'North gate' },
      doors: { main: { name: 'Main', lock: { driver: 'simulated' } } },
      accessPoints: {
        'main-in': { door: 'main', direction: 'in', scanner: { driver: 'serial', path: 'simulated' } },
      },
      trust: { rootKey },
      mqtt: { url: broker },
      web: { port: 0 },
      store: { folder: 'store' },
    }),
  );
  return file('gatepost.yaml');
}

it('prints entries that the list of keys takes as they are', async () => {
  const root = await key('root', '--use', 'root');
  expect(root).toMatch(/trust:\n {2}rootKey: "[0-9a-f]{64}"$/);
  const entries = [
    await key('desk', '--use', 'command', '--verb', 'open', '--verb', 'lockdown'),
    await key('eye', '--use', 'witness'),
  ].map((out) => out.slice(out.indexOf('  - name')));
  writeFileSync(file('keys.yaml'), `keys:\n${entries.join('\n')}\n`);
  const { out } = await central(
    ...['sign', '--type', 'trust', '--key', file('root'), '--number', '1', '--site', 'willow-court'],
    ...['--content', file('keys.yaml'), '--out', file('trust.gpb')],
  );
  expect(out).toContain('trust');
  await expect(key('pass-key', '--use', 'pass', '--verb', 'open')).rejects.toThrow(/--verb is for keys/);
  await expect(key('typo', '--use', 'command', '--verb', 'opem')).rejects.toThrow(/must be one of/);
});

needs('mosquitto')('gatepost central send', () => {
  it('opens a gate and locks a site down by signed commands, and is told what is refused', async () => {
    const mosquitto = await Mosquitto.start();
    onTestFinished(() => mosquitto.stop());
    const server = await MqttSubscriber.start({ url: mosquitto.url, topics: ['gates/v1/willow-court/#'] });
    onTestFinished(() => server.stop());
    const rootKey = /rootKey: "([0-9a-f]+)"/.exec(await key('root', '--use', 'root'))?.[1] ?? '';
    const verbs = ['open', 'lockdown', 'lockdown-release', 'identify'].flatMap((verb) => ['--verb', verb]);
    const entry = await key('desk', '--use', 'command', ...verbs);
    writeFileSync(file('keys.yaml'), entry.slice(entry.indexOf('keys:')));
    await central(
      ...['sign', '--type', 'trust', '--key', file('root'), '--number', '1', '--site', 'willow-court'],
      ...['--content', file('keys.yaml'), '--out', file('trust.gpb')],
    );
    await server.send('gates/v1/willow-court/_dist/trust', readFileSync(file('trust.gpb')), { retain: true });

    const send = (verb: string, to: string, ...more: string[]) =>
      central(
        ...['send', verb, '--broker', mosquitto.url, '--to', to, '--key', file('desk'), '--json', ...more],
      );
    const gate = 'willow-court/north';
    await expect(send('open', gate, '--set', 'accessPoint=main-in')).rejects.toThrow(
      /names the last counter/,
    );

    const daemon = await DaemonProcess.start({ config: configFile(rootKey, mosquitto.url) });
    onTestFinished(async () => {
      await daemon.kill('SIGKILL');
    });
    await server.until((all) =>
      all.some(({ payload }) => payload.includes('policy.applied') || payload.includes('"number":1')),
    );

    // What was signed before the log began is refused, and a centre dates its commands a few seconds back.
    const identify = async () => JSON.parse((await send('identify', gate, '--set', 'seconds=2')).out);
    let identified = await identify();
    while (identified.reason === 'before_log') identified = await identify();
    expect(identified).toMatchObject({ verb: 'identify', counter: 1, result: 'done' });
    const opened = await send('open', gate, '--set', 'accessPoint=main-in', '--set', 'note=Ambulance');
    expect(JSON.parse(opened.out)).toMatchObject({ verb: 'open', counter: 2, result: 'done' });
    expect(opened.exitCode).toBe(0);
    const again = await send('identify', gate, '--counter', '2');
    expect(JSON.parse(again.out)).toMatchObject({ result: 'refused', reason: 'old_counter' });
    expect(again.exitCode).toBe(1);
    const unlisted = await send('restart', gate);
    expect(JSON.parse(unlisted.out)).toMatchObject({ result: 'refused', reason: 'not_allowed' });
    await expect(send('open', gate, '--set', 'gate=main-in')).rejects.toThrow(/not the arguments of open/);

    const shut = await send('lockdown', 'willow-court/*', '--valid-for', '3600');
    expect(
      shut.out
        .split('\n')
        .map((line) => JSON.parse(line))
        .at(-1),
    ).toEqual({
      gate: 'north',
      order: 'lockdown',
      obeyed: true,
    });
    expect(shut.exitCode).toBe(0);
    const inLockdown = await send('open', gate, '--set', 'accessPoint=main-in');
    expect(JSON.parse(inLockdown.out)).toMatchObject({ result: 'refused' });
    expect((await send('lockdown-release', 'willow-court/*')).exitCode).toBe(0);
    const reopened = await send('open', gate, '--set', 'accessPoint=main-in');
    expect(JSON.parse(reopened.out)).toMatchObject({ result: 'done' });
  });

  it('says when nobody answers, and that a broker is not there', async () => {
    const mosquitto = await Mosquitto.start();
    onTestFinished(() => mosquitto.stop());
    await key('desk', '--use', 'command', '--verb', 'open');
    const words = ['send', 'open', '--to', 'willow-court/north', '--key', file('desk'), '--set', 'door=main'];
    const asked = central(...words, '--broker', mosquitto.url, '--counter', '1', '--wait', '1');
    await expect(asked).rejects.toThrow(/did not answer within 1 s/);
    const nowhere = central(...words, '--broker', 'mqtt://127.0.0.1:1', '--counter', '1');
    await expect(nowhere).rejects.toThrow(/cannot be reached/);
  });
});

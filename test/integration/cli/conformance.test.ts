import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { registerConformance } from '../../../src/cli/conformance/commands.ts';
import { gateKey } from '../../../src/conformance/keys.ts';
import { assertions, type Result } from '../../../src/conformance/run.ts';
import { anchorsOf } from '../../docs/markdown.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { CONTRACT_FOLDER } from '../../support/broker/published-contract.ts';
import { freePort } from '../../support/free-port.ts';
import { gatepostArguments } from '../../support/gate/daemon.ts';
import { privateKeyOf } from '../../support/gate/pass-samples.ts';
import { needs } from '../../support/needs.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';
import { TestPostgres } from '../../support/store/test-postgres.ts';

const PAGE = readFileSync(join(CONTRACT_FOLDER, 'README.md'), 'utf8');
/** What a server cannot know that believes everything; each of these it gets wrong, however fast it is. */
const NOT_FOR_THE_NAIVE = [
  ...[
    1, 2, 3, 4, 5, 6, 8, 9, 10, 21, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41,
    42, 43, 44,
  ],
  ...[
    45, 46, 47, 48, 49, 50, 51, 54, 56, 58, 60, 61, 63, 66, 67, 68, 69, 72, 73, 75, 76, 77, 78, 79, 80, 83,
    84, 85,
  ],
  ...[88, 89, 90, 91, 92, 101, 103, 104],
];

describe('the assertions of the conformance kit', () => {
  it('are at least sixty, numbered from 1 on', () => {
    const numbers = assertions().map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => at + 1));
    expect(numbers.length).toBeGreaterThanOrEqual(60);
  });

  it('stand each on a sentence of the contract, word for word, below the heading that they name', () => {
    const sections = sectionsOf(PAGE);
    const astray = assertions().filter(({ anchor, sentence }) => !sections.get(anchor)?.includes(sentence));
    expect(astray.map(({ number, anchor, sentence }) => `${number}: #${anchor}: ${sentence}`)).toEqual([]);
    expect(assertions().filter(({ sentence }) => sentence.length < 10)).toEqual([]);
  });
});

/** The text below each heading, up to the next of any depth, with single spaces. */
function sectionsOf(page: string): ReadonlyMap<string, string> {
  const headings = [...page.matchAll(/^#{1,6} .+$/gm)];
  return new Map(
    headings.map((heading, at) => {
      const text = page.slice(heading.index + heading[0].length, headings[at + 1]?.index);
      return [[...anchorsOf(`${heading[0]}\n`)][0] ?? '', text.replace(/\s+/g, ' ')];
    }),
  );
}

interface Place {
  readonly folder: string;
  readonly port: number;
  /** Public, of the gates that are played. */
  readonly gateKey: string;
}

/** A server in a process that is started again when it ends. @param wordsOf its program and words */
async function server(wordsOf: (place: Place) => readonly string[]) {
  const folder = temporaryFolder();
  const port = await freePort();
  const key = privateKeyOf('42'.repeat(32));
  writeFileSync(join(folder, 'key.pem'), key.export({ format: 'pem', type: 'pkcs8' }));
  const words = wordsOf({ folder, port, gateKey: Buffer.from(gateKey().publicKey).toString('hex') });
  const again = `while :; do "$@" & echo $! > ${folder}/pid; wait $!; done`;
  const child = spawn('sh', ['-c', again, 'sh', ...words], { stdio: 'ignore', detached: true });
  onTestFinished(() => {
    process.kill(-Number(child.pid), 'SIGKILL');
  });
  const url = `http://127.0.0.1:${port}`;
  await expect.poll(() => isHealthy(url)).toBe(true);
  const publicKey = key.export({ format: 'jwk' }).x ?? '';
  return {
    url,
    restart: `kill -9 $(cat ${folder}/pid)`,
    publicKey: Buffer.from(publicKey, 'base64url').toString('hex'),
  };
}

/** A server of config/contract/examples. */
function example(file: string, broker: Mosquitto) {
  return server(({ folder, port, gateKey: publicKey }) => [
    ...['/usr/bin/python3', '-B', join(CONTRACT_FOLDER, 'examples', file)],
    ...['--broker', `127.0.0.1:${broker.port}`, '--answer', String(port), '--server', 'feed'],
    ...(file === 'naive.py'
      ? []
      : [
          ...['--store', join(folder, 'feed.sqlite'), '--gate-key', `*=${publicKey}`],
          ...['--command-key', join(folder, 'key.pem'), '--receipt-seconds', '2'],
        ]),
  ]);
}

/** Connected, so that it has asked for what it reads. */
async function isHealthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/healthz`).catch(() => undefined);
  return answer !== undefined && JSON.stringify(await answer.json()).includes('true');
}

async function conformance(
  ...words: string[]
): Promise<{ readonly results: readonly Result[]; readonly exitCode: number }> {
  const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
  registerConformance(program);
  const lines: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line = '') => {
    lines.push(String(line));
  });
  try {
    await program.parseAsync(['conformance', '--json', ...words], { from: 'user' });
    return { results: JSON.parse(lines.join('\n')), exitCode: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = undefined;
    print.mockRestore();
  }
}

needs('mosquitto', 'postgres')('gatepost conformance and gatepost watch', () => {
  it('finds nothing wrong with the reference', async () => {
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.stop());
    const postgres = await TestPostgres.start();
    onTestFinished(() => postgres.stop());
    const database = await postgres.database();
    const { url, restart, publicKey } = await server(({ folder, port, gateKey: key }) => {
      writeFileSync(join(folder, 'gates'), `conformance/* ${key}\n`);
      return [
        process.execPath,
        ...gatepostArguments('watch', broker.url, '--postgres', database),
        ...['--health', `127.0.0.1:${port}`, '--server', 'feed', '--name', 'feed', '--print', 'nothing'],
        ...[
          '--replay-key',
          join(folder, 'key.pem'),
          '--gate-keys',
          join(folder, 'gates'),
          '--ack-seconds',
          '2',
        ],
      ];
    });
    const { results, exitCode } = await conformance(
      ...[broker.url, '--ask', url, '--command-key', publicKey, '--restart', restart, '--patience', '120'],
    );
    expect(results.filter(({ result }) => result !== 'passed')).toEqual([]);
    expect(exitCode).toBe(0);
  });
});

needs(
  'mosquitto',
  'python3-paho-mqtt',
  'python3-cryptography',
)('gatepost conformance', () => {
  it('finds nothing wrong with the example that was written from the page', async () => {
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.stop());
    const { url, restart, publicKey } = await example('read_feed.py', broker);
    const { results, exitCode } = await conformance(
      ...[broker.url, '--ask', url, '--command-key', publicKey, '--restart', restart, '--patience', '90'],
    );
    expect(results.filter(({ result }) => result !== 'passed')).toEqual([]);
    expect(results).toHaveLength(assertions().length);
    expect(exitCode).toBe(0);
  });

  it('finds what is wrong with one that believes everything', async () => {
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.stop());
    const { url, publicKey } = await example('naive.py', broker);
    const { results, exitCode } = await conformance(
      ...[broker.url, '--ask', url, '--command-key', publicKey, '--patience', '1'],
    );
    const failed = results.filter(({ result }) => result === 'failed').map(({ number }) => number);
    expect(NOT_FOR_THE_NAIVE.filter((number) => !failed.includes(number))).toEqual([]);
    const skipped = results.filter(({ result }) => result === 'skipped').map(({ number }) => number);
    expect(skipped).toEqual([107, 108, 109, 110]);
    expect(exitCode).toBe(1);
  });

  it('plays those alone that are asked for, and says when nobody answers', async () => {
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.stop());
    const { url } = await example('read_feed.py', broker);
    const { results } = await conformance(broker.url, '--ask', url, '--only', '8,9', '--patience', '90');
    expect(results.map(({ number, result }) => [number, result])).toEqual([
      [8, 'passed'],
      [9, 'passed'],
    ]);
    await expect(conformance(broker.url, '--ask', 'http://127.0.0.1:1')).rejects.toThrow(/Nothing answers/);
    await expect(conformance(broker.url, '--ask', url, '--only', '8,999')).rejects.toThrow(/as --list shows/);
  });
});

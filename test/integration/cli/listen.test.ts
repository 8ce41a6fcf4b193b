import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeSerialPorts } from '../../../hardware/serial/serial-ports.ts';
import { parseRecording } from '../../../hardware/simulators/recording.ts';
import { FifoDevice } from '../../support/devices/fifo-device.ts';
import { openPtyPair, type PtyPair } from '../../support/devices/pty-pair.ts';
import { demandFreshBuild } from '../../support/gate/daemon.ts';
import { needs } from '../../support/needs.ts';

/** The built program, as scripts/build leaves it. */
const GATEPOST = resolve('dist/src/cli/gatepost.js');
const FRAME = Uint8Array.of(0x5a, 0x5a, 0x45, 0x04, 0x0d, 0x7a, 0x09, 0xc4, 0x51);
const PASS = 'GP1:6BFOXN*TS0BI$ZD8UH:PM51L$ZD8UH';

let folder: string;
let record: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost-listen-'));
  record = join(folder, 'device.txt');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A running `gatepost listen`, and what it has said. */
class Listening {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  readonly #waiting = new Set<() => void>();
  out = '';
  err = '';

  constructor(...words: string[]) {
    demandFreshBuild();
    this.#child = spawn(process.execPath, [GATEPOST, 'listen', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => this.#take('out', text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => this.#take('err', text));
  }

  /** Waits until it has said `text`; fails if it ends before. */
  until(on: 'out' | 'err', text: string): Promise<void> {
    return this.#reach(() => this[on].includes(text));
  }

  /** Waits until it has shown that these bytes came, in however many pieces. */
  shows(bytes: Uint8Array): Promise<void> {
    const hex = Buffer.from(bytes).toString('hex').toUpperCase();
    return this.#reach(() => this.#received().includes(hex));
  }

  /** The bytes that came, as it shows them: sixteen a line, with what they are as text behind them. */
  #received(): string {
    return Array.from(this.out.matchAll(/^(?: *\d+ ms {2}<| {14}) ((?:[0-9A-F]{2} )+)/gm), ([, shown = '']) =>
      shown.replaceAll(' ', ''),
    ).join('');
  }

  async #reach(isSo: () => boolean): Promise<void> {
    const ended = this.#ended.then(() => {
      if (!isSo()) throw new Error(`gatepost listen has ended: ${this.err}`);
    });
    while (!isSo()) await Promise.race([ended, new Promise<void>((seen) => this.#waiting.add(seen))]);
  }

  stop(): Promise<number> {
    this.#child.kill('SIGINT');
    return this.end();
  }

  async end(): Promise<number> {
    const [code] = await this.#ended;
    return Number(code);
  }

  #take(on: 'out' | 'err', text: string): void {
    this[on] += text;
    for (const seen of this.#waiting) seen();
    this.#waiting.clear();
  }
}

needs('socat')('gatepost listen on a serial line', () => {
  let pair: PtyPair;
  const never = new AbortController().signal;
  beforeEach(async () => {
    pair = await openPtyPair();
  });
  afterEach(() => pair.dispose());

  const device = (onBytes: (bytes: Uint8Array) => void = () => undefined) =>
    new NodeSerialPorts().open({ path: pair.devicePath, baudRate: 9600 }, onBytes, never);

  it('records what a device sends and is sent, until it is unplugged, for its owner alone', async () => {
    let asked: () => void = () => undefined;
    const order = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const far = await device(() => asked());
    const listening = new Listening(pair.kioskPath, '--record', record, '--send', 'A5 45 EA');
    await order;
    await far.write(FRAME);
    await listening.shows(FRAME);
    await far.close();
    await pair.unplug();
    expect(await listening.end()).toBe(0);
    expect(listening.err).toContain('What is recorded of a scanner opens gates');
    expect(listening.err).toContain('is gone');
    expect(statSync(record).mode & 0o777).toBe(0o600);
    const { notes, pieces } = parseRecording(readFileSync(record, 'utf8'));
    expect(notes[0]).toBe(`${pair.kioskPath}, 9600 baud, 8N1`);
    expect(pieces[0]).toMatchObject({ from: 'kiosk', bytes: Uint8Array.of(0xa5, 0x45, 0xea) });
    const received = pieces.filter(({ from }) => from === 'device');
    expect(Buffer.concat(received.map(({ bytes }) => bytes))).toEqual(Buffer.from(FRAME));
    await pair.plug();
  });

  it('keeps nothing of a scanner that was not announced', async () => {
    const far = await device();
    const listening = new Listening(pair.kioskPath, '--record', record);
    await listening.until('err', 'Listening to');
    await far.write(new TextEncoder().encode(`${PASS}\r\n`));
    expect(await listening.end()).toBe(2);
    expect(listening.err).toContain('--test-passes');
    expect(existsSync(record)).toBe(false);
    await far.close();
  });

  it('records test passes, and says in the file what they can do', async () => {
    const far = await device();
    const listening = new Listening(pair.kioskPath, '--record', record, '--test-passes');
    await listening.until('err', 'Listening to');
    await far.write(new TextEncoder().encode(`${PASS}\r\n`));
    await listening.shows(new TextEncoder().encode(`${PASS}\r\n`));
    expect(await listening.stop()).toBe(0);
    const text = readFileSync(record, 'utf8');
    expect(text).toContain('opens gates');
    const { pieces } = parseRecording(text);
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).toString()).toBe(`${PASS}\r\n`);
    await far.close();
  });

  it('says what to do when nothing comes, and when somebody has the line', async () => {
    const silent = new Listening(pair.kioskPath, '--record', record);
    await silent.until('err', 'Listening to');
    const busy = new Listening(pair.kioskPath);
    expect(await busy.end()).toBe(1);
    expect(busy.err).toMatch(/in use by another program.*fuser.*systemctl stop gatepost/);
    expect(await silent.stop()).toBe(1);
    expect(silent.err).toContain('Nothing came. Try another --baud');
    expect(existsSync(record)).toBe(false);
  });
});

describe('gatepost listen', () => {
  it.each([
    ['a device that is missing', ['/dev/none'], 1, 'Plug the device in'],
    ['a hidraw device without test passes', ['/dev/hidraw9'], 2, 'opens gates'],
    ['orders to a hidraw device', ['/dev/hidraw9', '--test-passes', '--send', '00'], 2, 'leave --send out'],
    ['bytes that are none', ['/dev/none', '--send', 'A5 4'], 2, 'in hex'],
    ['a pause without bytes', ['/dev/none', '--every', '100'], 2, 'give both'],
    ['a folder that is not there', ['/dev/none', '--record', '/none/x.txt'], 2, 'Cannot write /none/x.txt'],
  ])('refuses %s', async (_name, words, code, message) => {
    const listening = new Listening(...words);
    expect(await listening.end()).toBe(code);
    expect(listening.err).toContain(message);
  });

  it('does not overwrite a file, and says so before it listens', async () => {
    writeFileSync(record, 'precious');
    const listening = new Listening('/dev/none', '--record', record);
    expect(await listening.end()).toBe(2);
    expect(listening.err).toContain('exists already and is not overwritten');
    expect(readFileSync(record, 'utf8')).toBe('precious');
  });

  it('reads a scanner that is no serial line, with test passes', async () => {
    const scanner = new FifoDevice('hidraw0');
    try {
      const listening = new Listening(scanner.path, '--record', record, '--test-passes');
      await listening.until('err', 'Listening to');
      scanner.write(Uint8Array.of(2, 0, 4, 0, 0, 0, 0, 0));
      await listening.until('out', '< 02 00 04 00 00 00 00 00');
      expect(await listening.stop()).toBe(0);
      expect(readFileSync(record, 'utf8')).toContain('hidraw');
    } finally {
      scanner.dispose();
    }
  });
});

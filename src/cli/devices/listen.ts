import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { hexOf } from '../../../hardware/framing/sums.ts';
import { KernelDeviceFiles } from '../../../hardware/hidraw-reader/kernel-device-files.ts';
import { NodeSerialPorts } from '../../../hardware/serial/serial-ports.ts';
import { lineSetting } from '../../../hardware/serial/streaming-line.ts';
import { formatRecording, type RecordedBytes } from '../../../hardware/simulators/recording.ts';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { writeNewFile } from '../../adapters/files/new-files.ts';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeviceLink } from '../../ports/device-link.ts';
import type { Parity, SerialLink, StopBits } from '../../ports/serial-ports.ts';
import { wholeNumber } from '../option-values.ts';
import { DeviceRecorder } from './device-recorder.ts';

const SHOWN_BYTES = 16;
const OPENS_GATES =
  'What is recorded of a scanner opens gates: whoever has the file can play every pass in it. Show passes that were made for testing, and nothing else.';

interface ListenOptions {
  readonly record?: string;
  readonly baud: number;
  readonly parity: Parity;
  readonly stopBits: `${StopBits}`;
  readonly send?: Uint8Array;
  readonly every?: number;
  readonly seconds: number;
  readonly testPasses?: boolean;
}

/** `gatepost listen DEVICE [--record FILE]`: exit code 0 when something came, 1 when nothing did, 2 wrong use. */
export function registerListen(program: Command): void {
  program
    .command('listen')
    .description('show what a device sends, byte by byte, and record it for a test; moves nothing')
    .argument('<device>', 'serial device, e.g. /dev/serial/by-id/…, or a hidraw device')
    .option('--record <file>', 'new file (mode 0600) for the bytes with their times')
    .option('--baud <speed>', 'bits per second of a serial device', wholeNumber(1200, 921_600), 9600)
    .addOption(new Option('--parity <parity>', 'its parity').choices(['none', 'even', 'odd']).default('none'))
    .addOption(new Option('--stop-bits <count>', 'its stop bits').choices(['1', '2']).default('1'))
    .option('--send <hex>', 'bytes a serial device is sent first, e.g. "A5 45 EA", to make it talk', hexText)
    .option('--every <ms>', 'send it again every so many milliseconds', wholeNumber(50, 60_000))
    .option('--seconds <count>', 'how long, unless Ctrl-C ends it before', wholeNumber(1, 3600), 60)
    .option('--test-passes', 'the device is a scanner, and only passes made for testing are shown to it')
    .action(listen);
}

async function listen(device: string, options: ListenOptions): Promise<void> {
  const isHidraw = isHidrawDevice(device);
  refuseEarly(device, isHidraw, options);
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error('stopped'));
  const clock = new SystemClock();
  console.error(options.testPasses === true ? OPENS_GATES : `Is this a scanner? ${OPENS_GATES}`);
  const recorder = new DeviceRecorder({
    clock,
    testPasses: options.testPasses === true,
    onPiece: (piece) => console.log(inWords(piece)),
    onEnd: stop,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const cancel = clock.schedule(options.seconds * 1000, stop);
  let lost: GatepostError | undefined;
  try {
    const link = await open({ device, isHidraw, options, recorder, clock, signal: stopping.signal });
    console.error(`Listening to ${device} for ${options.seconds} seconds, or until Ctrl-C.`);
    lost = await link.closed;
  } catch (error) {
    throw withHint(error);
  } finally {
    cancel();
    stop();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
  finish({ device, isHidraw, options, recorder, lost });
}

interface Session {
  readonly device: string;
  readonly isHidraw: boolean;
  readonly options: ListenOptions;
  readonly recorder: DeviceRecorder;
}

/** What would only be found when all is recorded. @throws GatepostError `usage` */
function refuseEarly(
  device: string,
  isHidraw: boolean,
  { record, send, every, testPasses }: ListenOptions,
): void {
  if (isHidraw && testPasses !== true) {
    throw new GatepostError(
      'usage',
      `${device} is a scanner (hidraw). ${OPENS_GATES} Say so with --test-passes.`,
    );
  }
  if (isHidraw && send !== undefined)
    throw new GatepostError('usage', 'A hidraw device is only read: leave --send out.');
  if (every !== undefined && send === undefined)
    throw new GatepostError('usage', '--every says how often --send is sent: give both.');
  if (record === undefined) return;
  if (existsSync(record)) {
    throw new GatepostError(
      'usage',
      `${record} exists already and is not overwritten; move it away or name another file.`,
    );
  }
  try {
    accessSync(dirname(resolve(record)), constants.W_OK);
  } catch (cause) {
    throw new GatepostError('usage', `Cannot write ${record}: ${messageOf(cause)}`, { cause });
  }
}

interface OpenSession extends Session {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

interface Asked extends OpenSession {
  readonly link: SerialLink;
  readonly bytes: Uint8Array;
}

async function open(session: OpenSession): Promise<DeviceLink> {
  const { device, isHidraw, options, recorder, signal } = session;
  const receive = (bytes: Uint8Array) => recorder.received(bytes);
  if (isHidraw) return new KernelDeviceFiles().open(device, receive, signal);
  const line = { path: device, ...lineOf(options) };
  const link = await new NodeSerialPorts().open(line, receive, signal);
  if (options.send !== undefined) {
    await ask({ ...session, link, bytes: options.send });
  }
  return link;
}

/** A line that ends under a write says so by `closed`. */
async function ask(asked: Asked): Promise<void> {
  const { link, bytes, recorder, clock, options, signal } = asked;
  if (signal.aborted) return;
  recorder.sent(bytes);
  await link.write(bytes).catch(() => link.close());
  if (options.every !== undefined) clock.schedule(options.every, () => void ask(asked));
}

function finish(session: Session & { readonly lost: GatepostError | undefined }): void {
  const { device, isHidraw, options, recorder, lost } = session;
  const { record } = options;
  if (recorder.end === 'scanner') {
    throw new GatepostError(
      'usage',
      `${device} sends text, as a scanner does: nothing of it was kept. ${OPENS_GATES} Say so with --test-passes, also where the device is a sensor that sends text.`,
    );
  }
  if (lost !== undefined) console.error(lost.message);
  if (recorder.end === 'full') console.error('The recording is full, so it ended here.');
  const { pieces } = recorder;
  if (!pieces.some(({ from }) => from === 'device')) {
    console.error(
      'Nothing came. Try another --baud, or --send what makes it talk; look at its power, and whether its TX is at our RX.',
    );
    process.exitCode = 1;
    return;
  }
  if (record === undefined) return;
  const notes = [
    isHidraw
      ? `${device}, hidraw`
      : `${device}, ${lineSetting({ ...lineOf(options), baudRate: options.baud })}`,
    ...(options.testPasses === true ? [OPENS_GATES] : []),
    'Milliseconds, < from the device or > to it, bytes in hex.',
  ];
  writeNewFile(record, formatRecording({ notes, pieces }), 0o600);
  console.error(`Recorded in ${record}, which only you can read.`);
}

function lineOf({ baud, parity, stopBits }: ListenOptions) {
  return { baudRate: baud, parity, stopBits: stopBits === '2' ? 2 : 1 } as const;
}

/** The link below /dev/gatepost or the device itself. One that is missing is told when it is opened. */
function isHidrawDevice(path: string): boolean {
  return /^hidraw\d+$/.test(basename(existsSync(path) ? realpathSync(path) : path));
}

/** `   103 ms  < 5A 5A 45 04 …  ZZE.`, sixteen bytes a line. */
function inWords({ atMs, from, bytes }: RecordedBytes): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += SHOWN_BYTES) {
    const part = bytes.subarray(at, at + SHOWN_BYTES);
    const text = Buffer.from(part)
      .toString('latin1')
      .replace(/[^\x20-\x7e]/g, '.');
    const when =
      at === 0 ? `${String(atMs).padStart(8)} ms  ${from === 'device' ? '<' : '>'}` : ' '.repeat(14);
    lines.push(`${when} ${hexOf(part).padEnd(SHOWN_BYTES * 3 - 1)}  ${text}`);
  }
  return lines.join('\n');
}

/** The gate itself is the likeliest user of its device. */
function withHint(error: unknown): unknown {
  if (!isGatepostError(error, 'device.busy')) return error;
  return new GatepostError(
    'device.busy',
    `${error.message} If it is the gate: sudo systemctl stop gatepost, listen, and start it again.`,
    { cause: error },
  );
}

function hexText(text: string): Uint8Array {
  const hex = text.replaceAll(/[\s,]/g, '');
  if (/^([0-9a-fA-F]{2}){1,64}$/.test(hex)) return Uint8Array.from(Buffer.from(hex, 'hex'));
  throw new InvalidArgumentError('It must be 1 to 64 bytes in hex, e.g. "A5 45 EA".');
}

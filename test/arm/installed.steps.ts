import { execFile, execFileSync } from 'node:child_process';
import { readlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Mosquitto } from '../support/broker/mosquitto.ts';
import { gatepostArguments } from '../support/gate/daemon.ts';
import { EventWatch } from '../support/gate/event-watch.ts';
import { issuePass, TestGate } from '../support/gate/gate.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** The folder that `scripts/install --prefix` filled, and that of the arm64 `node`. */
const MACHINE = process.env.GATEPOST_ARM_MACHINE ?? '';
const COMMANDS = process.env.GATEPOST_ARM_COMMANDS ?? '';
const GATEPOST = join(MACHINE, 'usr/bin/gatepost');
const ENV = { PATH: [COMMANDS, process.env.PATH].join(delimiter) };
const KILLS = 2;

let broker: Mosquitto;
let central: EventWatch;
let gate: TestGate;
/** For each release: the passage of the newest access.granted in the log at that moment. */
const releasedFor: string[] = [];
let onNextRise: () => void = () => undefined;

beforeAll(async () => {
  broker = await Mosquitto.start();
  central = await EventWatch.start(broker.url);
  gate = await TestGate.set({
    mqttUrl: broker.url,
    screening: 'enforce',
    contact: false,
    onRise: () => {
      releasedFor.push(newestGranted());
      onNextRise();
    },
  });
});
afterAll(async () => {
  await gate?.dispose();
  await central?.stop();
  await broker?.stop();
});

function newestGranted(): string {
  return gate.rows().findLast(({ name }) => name === 'access.granted')?.event.data.passage ?? 'nobody';
}

const start = () => gate.start({ program: [GATEPOST, 'run'], env: ENV });

interface Answer {
  readonly code: number;
  readonly text: string;
  readonly complaint: string;
}

function answerOf(file: string, words: readonly string[], path: string | undefined): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile(file, words, { env: { ...process.env, PATH: path } }, (_, text, complaint) =>
      resolve({ code: child.exitCode ?? -1, text, complaint }),
    );
  });
}

const onArm = (...words: string[]) => answerOf(GATEPOST, words, ENV.PATH);
const onHost = (...words: string[]) =>
  answerOf(process.execPath, gatepostArguments(...words), process.env.PATH);

/** What the installed program answers, which must be what the one of this computer does, to the last byte but the time. */
async function bothSay(...words: string[]): Promise<Answer> {
  const [arm, host] = await Promise.all([onArm(...words), onHost(...words)]);
  const timeless = (answer: Answer) => ({
    ...answer,
    text: answer.text.replace(/(?<=where it is )[-\d]+ [\d:]+(?= now)/, 'any time'),
  });
  expect(timeless(arm)).toEqual(timeless(host));
  return arm;
}

/** A pass of which somebody changed one character of the signature. */
function forged(): string {
  const { text } = issuePass();
  const at = text.length - 10;
  return text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
}

/** Somebody with 36.5 °C shows a good pass and is let in; its id. */
async function letIn(): Promise<string> {
  const { releases } = gate.level;
  const { text, passId } = issuePass();
  gate.setForehead(36.5);
  gate.show(text);
  await gate.level.changes.until((levels) => gate.level.releases > releases && levels.at(-1) === '0');
  gate.setForehead(undefined);
  return passId;
}

/** What must be true of a log whose daemon just died. */
function expectSoundLog(): void {
  expect(gate.verify()).toMatchObject({ status: 'intact', rows: gate.rows().length });
  expect(releasedFor).not.toContain('nobody');
  expect(new Set(releasedFor).size).toBe(releasedFor.length);
}

/** Waits until the centre has every row of the log, with its very bytes. */
async function allReceived(): Promise<void> {
  const rows = gate.rows().map(({ body }) => Buffer.from(body).toString());
  await central.until(() => {
    const received = new Set(central.all.map(({ body }) => body.toString()));
    return rows.every((row) => received.has(row));
  });
}

it('starts as a program of arm64', async () => {
  const { text } = await answerOf('node', ['-p', 'process.arch'], ENV.PATH);
  expect(text).toBe('arm64\n');
  await start();
  expect(readlinkSync(`/proc/${gate.daemon.pid}/exe`)).toContain('qemu-aarch64');
  expect(gate.level.level).toBe('0');
});

it('opens for a good pass with 36.5 °C, and tells the centre', async () => {
  central.mark();
  const passId = await letIn();
  const granted = await central.next('access.granted');
  expect(granted.data).toMatchObject({ passId, decidedBy: 'auto', reasons: [] });
  expect(granted.data.screening).toMatchObject({ outcome: 'normal', sensor: 'gy-mcu9061x' });
  expect(gate.level.releases).toBe(1);
});

it.each([
  ['a forged pass', 'gp:SignatureInvalid', forged],
  ['a pass of a stranger', 'gp:UnknownIssuer', () => issuePass({}, 'stranger').text],
  [
    'an expired pass',
    'CredentialExpired',
    () => issuePass({ expiresAt: Math.floor(Date.now() / 1000) - 60 }).text,
  ],
])('refuses %s with %s', async (_, reason, text) => {
  const { releases } = gate.level;
  central.mark();
  gate.show(text());
  const denied = await central.next('access.denied');
  expect(denied.data).toMatchObject({ decision: 'Denied', reason, reasons: [reason] });
  expect(gate.level.releases).toBe(releases);
});

it('refuses 38.2 °C after one repeat', async () => {
  const { releases } = gate.level;
  central.mark();
  gate.setForehead(38.2);
  gate.show(issuePass().text);
  const denied = await central.next('access.denied');
  gate.setForehead(undefined);
  expect(denied.data).toMatchObject({ reason: 'gp:TemperatureHigh', screening: { outcome: 'elevated' } });
  expect(gate.level.releases).toBe(releases);
});

it('is killed while its lock is released: the record is there, and the lock rests after the next start', async () => {
  const killed = new Promise<void>((resolve) => {
    onNextRise = () => {
      gate.daemon.signal('SIGKILL');
      resolve();
    };
  });
  const { text, passId } = issuePass();
  gate.setForehead(36.5);
  gate.show(text);
  await killed;
  onNextRise = () => undefined;
  expect(await gate.daemon.ended()).toBe('SIGKILL');
  gate.setForehead(undefined);
  expectSoundLog();
  expect(gate.rows().filter(({ event }) => event.data.passId === passId)).toHaveLength(1);
  await start();
  expect(gate.level.level).toBe('0');
  await letIn();
  await allReceived();
});

it(`is killed ${KILLS} times at any moment while somebody comes, and nothing is lost`, async () => {
  const random = seededRandom(20_261_130);
  for (let round = 0; round < KILLS; round++) {
    const startMs = performance.now();
    await letIn();
    const passageMs = performance.now() - startMs;
    const timer = setTimeout(() => gate.daemon.signal('SIGKILL'), random() * passageMs);
    gate.setForehead(36.5);
    gate.show(issuePass().text);
    expect(await gate.daemon.ended()).toBe('SIGKILL');
    clearTimeout(timer);
    expectSoundLog();
    gate.setForehead(undefined);
    await start();
  }
  await letIn();
  await allReceived();
});

it('is examined by its own doctor, who finds what that of this computer finds', async () => {
  const words = ['doctor', '--json', '--config', gate.config];
  const [arm, host] = [await onArm(...words), await onHost(...words)];
  const findings = ({ text }: Answer) =>
    (JSON.parse(text).findings as { grade: string; text: string }[]).map(
      // One looks after the other: the time and what is free have moved on.
      ({ grade, text: finding }) => `${grade} ${finding.replaceAll(/\d[\dT:.Z-]*/g, '0')}`,
    );
  expect(arm.complaint).toBe('');
  expect(arm.code).toBe(host.code);
  expect(findings(arm)).toEqual(findings(host));
});

it('ends when it is told to, with its lock at rest and a log that both programs find intact', async () => {
  expect(await gate.daemon.kill('SIGTERM')).toBe(0);
  expect(gate.level.level).toBe('0');
  expectSoundLog();
  const { code, text } = await bothSay('log', 'verify', '--config', gate.config);
  expect({ code, text }).toEqual({
    code: 0,
    text: expect.stringContaining('The log is what the gate wrote.'),
  });
});

it('says of passes and settings what the program of this computer says', async () => {
  const now = new Date().toISOString();
  const inspect = (text: string) => bothSay('pass', 'inspect', text, '--config', gate.config, '--now', now);
  expect((await inspect(issuePass().text)).text).toContain('VALID here and now');
  expect((await inspect(forged())).text).toContain('gp:SignatureInvalid');
  expect((await inspect('GP1:NOT A PASS')).text).toContain('gp:MalformedPass');
  expect((await bothSay('config', 'check', gate.config)).code).toBe(0);
  const broken = join(gate.folder, 'broken.yaml');
  writeFileSync(broken, 'version: 1\nsite: 3\n');
  expect((await bothSay('config', 'check', broken)).code).toBe(78);
  expect((await bothSay('no-such-command')).code).toBe(2);
});

/** Prints `woken` when the epoll module, in the folder that is named first, tells that there is something in the second. */
const WAIT = `
  const [, modulePath, pipe] = process.argv;
  const { openSync, writeSync } = require('fs');
  const { Epoll } = require(modulePath);
  const fd = openSync(pipe, 'r+');
  const epoll = new Epoll((error, of, events) => {
    console.log(!error && of === fd && (events & Epoll.EPOLLIN) ? 'woken' : 'astray');
    epoll.remove(fd).close();
  });
  epoll.add(fd, Epoll.EPOLLIN);
  writeSync(fd, 'x');
`;

it('is woken by the module with which onoff waits for a contact', async () => {
  const pipe = join(gate.folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const epoll = join(MACHINE, 'usr/lib/gatepost/node_modules/epoll');
  expect(await answerOf('node', ['-e', WAIT, epoll, pipe], ENV.PATH)).toMatchObject({
    code: 0,
    text: 'woken\n',
  });
});

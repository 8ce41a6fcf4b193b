import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MetricsServer } from '../../../src/adapters/prometheus/metrics-server.ts';
import { Store } from '../../../src/adapters/sqlite/store.ts';
import { hindrances } from '../../../src/app/state/readiness.ts';
import { packageRoot } from '../../../src/version.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { policy } from '../../support/gate/policy-samples.ts';
import { RuleGate, SITE } from '../../support/gate/rule-gate.ts';
import { needs } from '../../support/needs.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const NEVER = new AbortController().signal;
const DAY_MS = 86_400_000;
const KEPT = { screening: 3 * DAY_MS, access: 14 * DAY_MS, operator: 180 * DAY_MS, ended: 90 * DAY_MS };
const CERTIFICATE = join(packageRoot(), 'test/data/tls/north.crt');
const ALERTS = join(packageRoot(), 'config/prometheus/alerts.yaml');

async function opens(changes: { host?: string } = {}) {
  const clock = new VirtualClock();
  const gate = await RuleGate.start(temporaryFolder(), clock, policy());
  onTestFinished(() => gate.stop());
  const server = new MetricsServer({
    host: '127.0.0.1',
    port: 0,
    state: gate.state,
    store: gate.store,
    keptMs: KEPT,
    certFiles: [CERTIFICATE],
    troubles: () => hindrances(gate.state, gate.store.log.isWritable()),
    clock,
    logger: gate.logger,
    ...changes,
  });
  await server.start(NEVER);
  onTestFinished(() => server.stop());
  const at = server.address ?? '';
  const get = async (path: string, options: RequestInit = {}) => {
    const response = await fetch(`${at}${path}`, options);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  /** The figures of now: older ones are given again for a second. */
  const scrape = async () => {
    clock.advance(1_000);
    return (await get('/metrics')).text;
  };
  return { gate, clock, server, port: Number(new URL(at).port), get, scrape };
}

/** The value of one line of a scrape; undefined if there is none. */
function lineOf(scrape: string, series: string): number | undefined {
  const line = scrape.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** The series of the gate; those of Node come and go with what it does. */
const seriesOf = (scrape: string) =>
  scrape.split('\n').flatMap((line) => (line.startsWith('gatepost_') ? [line.replace(/ \S+$/, '')] : []));

describe('the figures', () => {
  it('cost nothing while nobody asks for them: their library is loaded with their server', async () => {
    const { cache } = createRequire(import.meta.url);
    const isLoaded = () => Object.keys(cache).some((path) => path.includes('/prom-client/'));
    expect(isLoaded()).toBe(false);
    await opens();
    expect(isLoaded()).toBe(true);
  });

  it('count what happens at the gate and say how it is, and name nobody', async () => {
    const { gate, scrape } = await opens();
    const people = Array.from({ length: 12 }, (_, at) => ({
      passId: randomBytes(8).toString('hex'),
      holderRef: randomBytes(6).toString('hex'),
      label: `Zhao Lan ${at}`,
    }));
    for (const person of people) {
      await gate.goes('in', { ...person, site: SITE });
      await gate.goes('out', { ...person, site: SITE });
    }
    await gate.staysBack('in', { ...people[0], site: 'elsewhere' });
    await gate.pass(1_000);
    const text = await scrape();
    const value = (series: string) => lineOf(text, series);
    const granted = 'outcome="Granted",reason=""';
    expect(value(`gatepost_decisions_total{access_point="main-in",${granted}}`)).toBe(12);
    expect(value(`gatepost_decisions_total{access_point="main-out",${granted}}`)).toBe(12);
    expect(
      value('gatepost_decisions_total{access_point="main-in",outcome="Denied",reason="gp:WrongSite"}'),
    ).toBe(1);
    expect(value('gatepost_door_openings_total{door="main"}')).toBe(24);
    expect(value('gatepost_door_releases_total{door="main"}')).toBe(24);
    expect(value('gatepost_decision_seconds_count{measured="false"}')).toBe(25);
    expect(value('gatepost_output_seconds_count{measured="false"}')).toBe(24);
    expect(value('gatepost_door_mode{door="main",mode="Locked"}')).toBe(1);
    expect(value('gatepost_door_mode{door="main",mode="LockedDown"}')).toBe(0);
    expect(value('gatepost_door_open{door="main"}')).toBe(0);
    expect(value('gatepost_device_status{device="scanner:main-in",role="scanner",status="ok"}')).toBe(1);
    expect(value('gatepost_clock_quality{quality="synced"}')).toBe(1);
    expect(value('gatepost_ready')).toBe(1);
    expect(value('gatepost_log_writable')).toBe(1);
    expect(value('gatepost_log_damaged')).toBe(0);
    expect(value('gatepost_database_bytes')).toBeGreaterThan(0);
    expect(value('gatepost_disk_free_bytes')).toBeGreaterThan(0);
    expect(value('gatepost_certificate_end_timestamp_seconds{file="north.crt"}')).toBeGreaterThan(1.7e9);
    expect(value('gatepost_checkpoint_uncovered_events')).toBeGreaterThan(0);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    // Without a broker there is no queue, and without backups no time of one.
    expect(text).not.toMatch(/^gatepost_(queue|backup_timestamp|broker)\S* /m);
    for (const { passId, holderRef, label } of people)
      for (const personal of [passId, holderRef, label, 'Zhao']) expect(text).not.toContain(personal);
    expect(text).not.toContain('kind="duress"');
  });

  it('are as many after a flood of strange codes: labels are closed sets', async () => {
    const { gate, scrape } = await opens();
    const flood = async (from: number) => {
      for (let at = from; at < from + 12; at += 1) {
        gate.present('in', `GP1:STRANGE${at}`);
        gate.present('in', `x" } 1\ngatepost_ready{evil="${at}"} 0`);
        await gate.pass(7_000);
      }
    };
    await flood(0);
    const before = seriesOf(await scrape());
    await flood(12);
    expect(seriesOf(await scrape())).toEqual(before);
    expect(before.join('\n')).not.toContain('evil');
  });

  it('tell of transactions that are slow, and of each once', async () => {
    const took: number[] = [];
    const store = new Store({
      folder: temporaryFolder(),
      site: SITE,
      gate: 'north',
      clock: new VirtualClock(),
      logger: new SilentLogger(),
      onWrite: (ms) => took.push(ms),
    });
    await store.start(NEVER);
    onTestFinished(() => store.stop());
    const before = took.length;
    store.clockFloor.save({ floorMs: 1, vouchedMs: 0, timesSet: 0 });
    expect(took).toHaveLength(before + 1);
  });
});

describe('/healthz', () => {
  it('is well while the gate lets people through, broker or not, and names what is in the way', async () => {
    const { gate, clock, get } = await opens();
    const ask = async () => {
      clock.advance(1_000);
      const { status, text } = await get('/healthz');
      const { ok, wrong } = JSON.parse(text);
      return { status, ok, parts: wrong.map(({ part }: { part: string }) => part) };
    };
    const well = { status: 200, ok: true, parts: [] };
    expect(await ask()).toEqual(well);
    gate.state.devices.set({
      id: 'broker',
      role: 'broker',
      driver: 'mqtt 5',
      simulated: false,
      status: 'missing',
      sinceMs: 0,
    });
    expect(await ask()).toEqual(well);
    gate.actuator.stuck = true;
    gate.present('in', { passId: '0a0a0a0a0a0a0a0a' });
    expect(await ask()).toEqual({ status: 503, ok: false, parts: ['lock:main'] });
    gate.actuator.stuck = false;
    await gate.pass(20_000);
    gate.present('in', { passId: '0b0b0b0b0b0b0b0b' });
    expect(await ask()).toEqual(well);
    const log = { id: 'log', role: 'log', driver: 'sqlite', simulated: false, sinceMs: 0 } as const;
    gate.state.devices.set({ ...log, status: 'degraded', cause: 'log.low' });
    expect(await ask()).toEqual(well);
    gate.state.devices.set({ ...log, status: 'missing', cause: 'log.full', detail: '/secret/place is full' });
    expect(await ask()).toEqual({ status: 503, ok: false, parts: ['log'] });
    clock.advance(1_000);
    expect((await get('/healthz')).text).not.toContain('secret');
    await gate.store.stop();
    expect((await ask()).parts).toContain('log');
    expect((await get('/metrics')).status).toBe(200);
  });
});

describe('the server of the figures', () => {
  it('answers what it serves and nothing else', async () => {
    const { get, port } = await opens();
    expect((await get('/metrics')).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect((await get('/metrics?x=1')).status).toBe(200);
    expect((await get('/metrics', { method: 'HEAD' })).text).toBe('');
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics/../etc/passwd')).status).toBe(404);
    expect((await get('/metrics', { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await get('/metrics', { method: 'DELETE' })).status).toBe(405);
    expect(
      await raw(port, 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nhello'),
    ).toMatch(/^HTTP\/1\.1 400 /);
    // A page of somebody else whose name points here must not read them.
    expect(await raw(port, 'GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 421 /,
    );
    const long = `GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await raw(port, long)).not.toMatch(/^HTTP\/1\.1 200/);
    expect(await raw(port, '\0\x01\x02 nonsense\r\n\r\n')).toBe('');
  });

  it('reads the figures once for many who ask at once, and keeps few connections', async () => {
    const { get, gate, port, scrape } = await opens();
    await scrape();
    gate.present('in', {});
    const answers = await Promise.all(Array.from({ length: 6 }, () => get('/metrics')));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const held = await Promise.all(Array.from({ length: 30 }, () => idle(port)));
    // More than eight are closed at once; the gate is asked again when they are gone.
    await expect.poll(() => held.filter(({ destroyed }) => destroyed).length).toBeGreaterThanOrEqual(22);
    for (const socket of held) socket.destroy();
    await expect.poll(async () => (await get('/healthz').catch(() => undefined))?.status).toBe(200);
  });

  it('says in words that its port is taken, and can be started again', async () => {
    const { server, port, gate, clock } = await opens();
    const second = new MetricsServer({
      host: '127.0.0.1',
      port,
      state: gate.state,
      store: gate.store,
      keptMs: KEPT,
      certFiles: ['/nowhere.pem'],
      troubles: () => [],
      clock,
      logger: gate.logger,
    });
    onTestFinished(() => second.stop());
    await expect(second.start(NEVER)).rejects.toMatchObject({ code: 'metrics.unavailable' });
    await server.stop();
    await server.stop();
    await second.start(NEVER);
    await second.start(NEVER);
    expect(await (await fetch(`${second.address}/metrics`)).text()).toContain('gatepost_ready 1');
  });
});

needs('promtool')('promtool', () => {
  it('finds nothing to criticise in a scrape, nor in the sample alerts', async () => {
    const { gate, scrape } = await opens();
    await gate.goes('in', {});
    const { stdout, stderr, status } = spawnSync('promtool', ['check', 'metrics'], {
      input: await scrape(),
      encoding: 'utf8',
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
    expect(execFileSync('promtool', ['check', 'rules', ALERTS], { encoding: 'utf8' })).toContain('SUCCESS');
  });

  it('sees the sample alerts fire when they should, and not before', () => {
    const cases = join(packageRoot(), 'test/data/alerts.test.yaml');
    expect(execFileSync('promtool', ['test', 'rules', cases], { encoding: 'utf8' })).toContain('SUCCESS');
  });
});

it('every figure that an alert names is one that the gate has', async () => {
  const { gate, scrape } = await opens();
  const { state } = gate;
  state.devices.set({
    id: 'broker',
    role: 'broker',
    driver: 'mqtt 5',
    simulated: false,
    status: 'ok',
    sinceMs: 0,
  });
  state.guards.set({ isThere: true });
  state.lists.set([{ type: 'trust', number: 1, state: 'good' }]);
  state.servers.set([{ server: 'desk', isLate: false }]);
  state.queue.set({ pending: 0, connected: true });
  state.backup.set({ lastMs: 1_000, isDue: false });
  state.checkpoint.set({ epoch: 'x', size: 1, note: 'x', madeMs: 1_000 });
  state.doors.set({ ...gate.door, tamper: 'NotInTamper', fire: false });
  const [scanner] = state.devices.values.filter(({ role }) => role === 'scanner');
  if (scanner !== undefined) state.devices.set({ ...scanner, dropped: 2 });
  gate.store.inspection.keep({ fullMs: 1_000, quickMs: 1_000 });
  const text = await scrape();
  const names = [...readFileSync(ALERTS, 'utf8').matchAll(/\b((?:gatepost|process)_[a-z_]+)/g)].map(
    ([, name]) => name ?? '',
  );
  expect(names.length).toBeGreaterThan(20);
  expect([...new Set(names)].filter((name) => !new RegExp(`^${name}[{ ]`, 'm').test(text))).toEqual([]);
  // A figure without any value where everything is there would be a dead one.
  const told = [...text.matchAll(/^# TYPE (gatepost_\S+) (\w+)/gm)].map(([, name, type]) =>
    type === 'histogram' ? `${name}_count` : name,
  );
  const silent = told.filter((name) => !new RegExp(`^${name}[{ ]`, 'm').test(text));
  expect(silent).toEqual([]);
});

/** Everything that the server answers to these bytes until it ends the connection. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setEncoding('latin1').on('data', (chunk) => {
      answer += chunk;
      if (answer.includes('\r\n\r\n')) socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

function idle(port: number): Promise<ReturnType<typeof connect>> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
  });
}

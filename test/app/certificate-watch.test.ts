import { describe, expect, it, onTestFinished } from 'vitest';
import type { UplinkState } from '../../src/app/uplink/uplink-health.ts';
import { UplinkPump } from '../../src/app/uplink/uplink-pump.ts';
import type { CertificateFacts } from '../../src/core/certificate/certificate.ts';
import { MemoryOutbox } from '../support/broker/memory-outbox.ts';
import { ScriptedBroker } from '../support/broker/scripted-broker.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const NEVER = new AbortController().signal;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

class Bench {
  readonly clock = new VirtualClock();
  readonly outbox = new MemoryOutbox();
  readonly broker = new ScriptedBroker();
  readonly states: UplinkState[] = [];
  readonly pump = new UplinkPump({
    site: 'willow-court',
    gate: 'north',
    software: 'gatepost 0.1.0',
    outbox: this.outbox,
    broker: this.broker,
    clock: this.clock,
    random: () => 0,
    logger: new SilentLogger(),
    onState: (state) => this.states.push(state),
  });

  static async withCertificate(certificate: CertificateFacts): Promise<Bench> {
    const bench = new Bench();
    bench.broker.files = { certificate };
    await bench.pump.start(NEVER);
    onTestFinished(() => bench.pump.stop());
    await bench.after(0);
    return bench;
  }
  async after(ms: number): Promise<void> {
    this.clock.advance(ms);
    for (let round = 0; round < 6; round++) {
      await settle();
      this.clock.advance(0);
    }
  }
  /** A certificate that lives so many days and has so many left. */
  static certificate(fingerprint: string, lifeDays: number, leftDays: number): CertificateFacts {
    const notAfterMs = new VirtualClock().read().wallMs + leftDays * DAY_MS;
    return { fingerprint, notAfterMs, notBeforeMs: notAfterMs - lifeDays * DAY_MS };
  }
}

describe('the certificate of a gate', () => {
  it.each([
    [365, 15, false],
    [365, 13, true],
    [1, 0.4, false],
    [1, 0.3, true],
    [365, -1, true],
  ])('of %d days with %d left is told of: %s', async (lifeDays, leftDays, told) => {
    const bench = await Bench.withCertificate(Bench.certificate('one', lifeDays, leftDays));
    await bench.after(0);
    const alert = bench.broker.state('alert/uplink');
    expect(bench.states.at(-1)).toMatchObject({ status: told ? 'degraded' : 'ok', takesEvents: true });
    if (!told) expect(alert).toBeUndefined();
    else {
      expect(bench.states.at(-1)?.error?.code).toBe('broker.certificate');
      expect(alert).toMatchObject({
        severity: 'warning',
        text: expect.stringMatching(/end(s|ed) on .*Renew it/),
      });
    }
  });

  it('is not judged by a clock that nobody believes', async () => {
    const bench = new Bench();
    bench.clock.quality = 'unsynced';
    bench.broker.files = { certificate: Bench.certificate('one', 365, -400) };
    await bench.pump.start(NEVER);
    onTestFinished(() => bench.pump.stop());
    await bench.after(0);
    expect(bench.states.at(-1)?.status).toBe('ok');
  });

  it('that ends soon is replaced at once by a renewed one, with a clean reconnect that loses nothing', async () => {
    const bench = await Bench.withCertificate(Bench.certificate('old', 365, 3));
    bench.outbox.fill(5, bench.clock.read().wallMs);
    await bench.after(0);
    bench.broker.files = { certificate: Bench.certificate('new', 365, 365) };
    await bench.after(MINUTE_MS);
    await bench.after(2000);
    expect(bench.broker.connections.map(({ certificate }) => certificate?.fingerprint)).toEqual([
      'old',
      'new',
    ]);
    expect(bench.broker.connections[0]).toMatchObject({ destroyed: false, closings: 1 });
    expect(
      bench.states.every(({ error }) => error === undefined || error.code === 'broker.certificate'),
    ).toBe(true);
    bench.outbox.fill(5, bench.clock.read().wallMs);
    await bench.after(0);
    expect([...new Set(bench.broker.sequences())]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(bench.states.at(-1)).toMatchObject({ status: 'ok', pending: 0 });
    expect(bench.broker.state('alert/uplink')).toBeUndefined();
    await bench.after(10 * MINUTE_MS);
    expect(bench.broker.connections).toHaveLength(2);
  });

  it('that has long to go waits for the next connection', async () => {
    const bench = await Bench.withCertificate(Bench.certificate('old', 365, 100));
    bench.broker.files = { certificate: Bench.certificate('new', 365, 365) };
    await bench.after(10 * MINUTE_MS);
    expect(bench.broker.connections).toHaveLength(1);
  });

  it('that cannot be used is told of until it can', async () => {
    const certificate = Bench.certificate('old', 365, 100);
    const bench = await Bench.withCertificate(certificate);
    bench.broker.files = { certificate, problem: 'The certificate does not belong to the key.' };
    await bench.after(MINUTE_MS);
    expect(bench.states.at(-1)).toMatchObject({
      status: 'degraded',
      error: { code: 'broker.certificate', message: 'The certificate does not belong to the key.' },
    });
    bench.broker.files = { certificate };
    await bench.after(MINUTE_MS);
    expect(bench.states.at(-1)).toMatchObject({ status: 'ok' });
  });
});

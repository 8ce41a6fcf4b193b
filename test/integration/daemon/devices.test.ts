import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { ThermometerTrouble } from '../../../hardware/simulators/thermometer-frames.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { freePort } from '../../support/free-port.ts';
import { EventWatch } from '../../support/gate/event-watch.ts';
import { type GateOptions, issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { GuardClient } from '../../support/screens/guard-client.ts';

const SCANNER = 'scanner:main-in';
const THERMOMETER = 'thermometer:main-in';

needs('mosquitto', 'socat')('the daemon with scanners and thermometers that misbehave', () => {
  let broker: Mosquitto;
  let events: EventWatch;
  let gate: TestGate;
  let guard: GuardClient;

  beforeAll(async () => {
    broker = await Mosquitto.start();
    events = await EventWatch.start(broker.url);
    gate = await TestGate.set({ mqttUrl: broker.url, screening: 'enforce' });
    guard = await GuardClient.signIn(await gate.start());
    await guard.sees(THERMOMETER, 'ok');
  });
  afterAll(async () => {
    guard?.close();
    await gate?.dispose();
    await events?.stop();
    await broker?.stop();
  });

  /** A good pass and a good forehead: the gate opens once, for this pass, and is idle again. */
  async function passThrough(show: (text: string) => void = (text) => gate.show(text)) {
    const releases = gate.level.releases + 1;
    const { text, passId } = issuePass();
    events.mark();
    gate.setForehead(36.5);
    show(text);
    expect((await events.next('access.granted')).data.passId).toBe(passId);
    gate.setForehead(undefined);
    await gate.level.changes.until(() => gate.level.releases === releases);
    gate.setDoor('open');
    await events.next('access.taken');
    gate.setDoor('closed');
    await gate.level.changes.until((levels) => levels.at(-1) === '0');
    await guard.seesPerson('Idle');
    expect(gate.level.releases).toBe(releases);
    const names = events.recent.map(({ name }) => name).filter((name) => name.startsWith('access.'));
    expect(names).toEqual(['access.granted', 'access.taken']);
  }

  it('reads a pass that comes in crumbs', () =>
    passThrough((text) => gate.show(text, { chunkLengths: [1, 7, 31] })));

  it('takes CR and LF together for one line end', () =>
    passThrough((text) => gate.show(text, { suffix: '\r\n' })));

  it('reads a pass without any line end', () => passThrough((text) => gate.show(text, { suffix: '' })));

  it('gives an endless line up once, and reads the next pass', async () => {
    const { releases } = gate.level;
    events.mark();
    gate.scanner.send(new Uint8Array(1024 * 1024).fill(0x41));
    gate.scanner.send(Uint8Array.of(0x0d));
    const denied = await events.next('access.denied');
    expect(denied.data).toMatchObject({ reason: 'gp:MalformedPass', unreadable: { length: 4097 } });
    expect(gate.level.releases).toBe(releases);
    await passThrough();
  });

  it.each<[ThermometerTrouble, string]>([
    ['wrong_family', 'sensor_wrong_family'],
    ['half_frames', 'sensor_framing'],
    ['garbage', 'sensor_framing'],
    ['no_value', 'sensor_invalid'],
  ])(
    'names a thermometer that sends %s, opens for nobody by itself, and recovers',
    async (trouble, cause) => {
      const { releases } = gate.level;
      events.mark();
      gate.thermometer.setTrouble(trouble);
      await guard.sees(THERMOMETER, 'degraded', cause);
      expect((await events.next('screening.sensor')).data).toMatchObject({ status: 'degraded', cause });
      gate.setForehead(36.5);
      gate.show(issuePass().text);
      const requested = await events.next('access.requested');
      expect(requested.data).toMatchObject({ reason: 'gp:TemperatureSensorFault', screening: { cause } });
      await guard.seesPerson('GuardCalled');
      expect(await guard.order('refuse', { accessPoint: 'main-in', note: 'no thermometer' })).toBe(200);
      expect((await events.next('access.denied')).data).toMatchObject({
        reason: 'gp:TemperatureSensorFault',
        reasons: ['gp:TemperatureSensorFault', 'gp:GuardDenied'],
        passage: requested.data.passage,
      });
      expect(gate.level.releases).toBe(releases);
      gate.thermometer.setTrouble('none');
      await guard.sees(THERMOMETER, 'ok');
      await passThrough();
    },
  );

  it('misses a scanner whose cable is pulled, and reads again when it is back', async () => {
    events.mark();
    await gate.scannerCable.unplug();
    await guard.sees(SCANNER, 'missing', 'device.missing');
    await guard.seesPerson('Fault');
    expect((await events.next('device.scanner')).data.status).toBe('missing');
    await gate.scannerCable.plug();
    await gate.connectScanner();
    await guard.sees(SCANNER, 'ok');
    await passThrough();
  });
});

needs('socat')('the daemon that finds neither broker nor cables', () => {
  async function begin(options: Pick<GateOptions, 'screening'>) {
    const mqttUrl = `mqtt://127.0.0.1:${await freePort()}`;
    const gate = await TestGate.set({ ...options, mqttUrl, pluggedIn: false });
    onTestFinished(() => gate.dispose());
    const guard = await GuardClient.signIn(await gate.start());
    onTestFinished(() => guard.close());
    await guard.sees('broker', 'missing', 'broker.unreachable');
    await guard.sees(SCANNER, 'missing', 'device.missing');
    await guard.sees(THERMOMETER, 'missing', 'device.missing');
    await guard.screen.until(() =>
      JSON.stringify(guard.screen.latest('queue')).includes('"connected":false'),
    );
    // Only the scanner comes back.
    await gate.scannerCable.plug();
    await gate.connectScanner();
    await guard.sees(SCANNER, 'ok');
    gate.show(issuePass().text);
    return { gate, guard };
  }
  const accessNames = (gate: TestGate) =>
    gate
      .rows()
      .map(({ name }) => name)
      .filter((name) => name.startsWith('access.') || name === 'operator.override');

  it('opens where nobody is screened', async () => {
    const { gate } = await begin({ screening: 'off' });
    await gate.level.changes.until(() => gate.level.releases === 1);
    const missing = gate.rows().filter(({ event }) => event.data.status === 'missing');
    expect(missing.map(({ event }) => event.data.device).sort()).toEqual([SCANNER, THERMOMETER]);
    expect(accessNames(gate)).toEqual(['access.granted']);
  });

  it('asks the guard where everybody is screened, and opens by the guard’s order only', async () => {
    const { gate, guard } = await begin({ screening: 'enforce' });
    await guard.seesPerson('GuardCalled');
    expect(gate.level.releases).toBe(0);
    const order = { accessPoint: 'main-in', note: 'measured by hand' };
    expect(await guard.order('open', order)).toBe(200);
    await gate.level.changes.until(() => gate.level.releases === 1);
    expect(accessNames(gate)).toEqual(['access.requested', 'operator.override', 'access.granted']);
  });
});

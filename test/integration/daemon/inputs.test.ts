import { afterAll, beforeAll, expect, it } from 'vitest';
import { isCall } from '../../../src/core/access/attention.ts';
import type { AttentionView } from '../../../src/ports/boards.ts';
import type { DoorView } from '../../../src/ports/gate-state.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { PublishedContract } from '../../support/broker/published-contract.ts';
import { TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { GUARD, GuardClient } from '../../support/screens/guard-client.ts';

const ROOT = 'gates/v1/willow-court/north/';
const contract = new PublishedContract();

needs('mosquitto', 'socat')('the daemon with exit button, tamper switch and fire contact', () => {
  let broker: Mosquitto;
  let server: MqttSubscriber;
  let gate: TestGate;
  let guard: GuardClient;
  let url: string;

  beforeAll(async () => {
    broker = await Mosquitto.start();
    server = await MqttSubscriber.start({ url: broker.url, topics: [`${ROOT}#`] });
    gate = await TestGate.set({ mqttUrl: broker.url, screening: 'off', inputs: true });
    const daemon = await gate.start();
    url = daemon.url;
    guard = await GuardClient.signIn(daemon);
    await doorIs({ tamper: 'NotInTamper', fire: false, physical: 'Closed', mode: 'Locked' });
  });
  afterAll(async () => {
    guard?.close();
    await gate?.dispose();
    await server?.stop();
    await broker?.stop();
    const faults = server?.messages.flatMap(({ topic, payload }) => contract.faults(topic, payload));
    expect(faults).toEqual([]);
  });

  /** The guard's screen shows this of the door. */
  async function doorIs(wanted: Partial<DoorView>): Promise<void> {
    await guard.screen.until(() => {
      const door = guard.screen.latest('door/main') as DoorView | undefined;
      return Object.entries(wanted).every(([key, value]) => door?.[key as keyof DoorView] === value);
    });
  }

  const told = (topic: string) =>
    server.messages
      .filter((message) => message.topic === ROOT + topic)
      .map(({ payload }) => JSON.parse(payload.toString()));

  /** The servers were told this of the door, retained. */
  const stateSays = (wanted: Partial<DoorView>) =>
    server.until(() => {
      const state = told('state/door/main').at(-1);
      return Object.entries(wanted).every(([key, value]) => state?.[key] === value);
    });

  /** Names of what was written of people and of the door from a row on, with the alarms and the lid by their value. */
  const rowsFrom = (from: number) =>
    gate
      .rows()
      .slice(from)
      .filter(({ name }) => /^(access|door)\.(?!physical|mode)/.test(name))
      .map(({ name, event: { data } }) =>
        [name, data.alarm ?? data.tamper ?? data.cause ?? data.status ?? ''].join(' ').trim(),
      );

  async function pushDoor(): Promise<void> {
    gate.setDoor('open');
    await doorIs({ physical: 'Open' });
    gate.setDoor('closed');
    await doorIs({ physical: 'Closed', alarm: 'Normal' });
  }

  it('rings at the guard’s screen and tells the servers when somebody calls the guard', async () => {
    const body = JSON.stringify({ accessPoint: 'main-in', order: 'call' });
    const headers = { origin: url, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/assist`, { method: 'POST', headers, body });
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'done' }]);
    const rings = () => ((guard.screen.latest('attention') ?? []) as readonly AttentionView[]).some(isCall);
    await guard.screen.until(rings);
    await server.until(() => told('state/assist/main-in').at(-1)?.status === 'ringing');
    await guard.order('answer-assist', { accessPoint: 'main-in', answer: 'coming' });
    await guard.screen.until(() => !rings());
    await server.until(
      () => told('evt/assist').length === 2 && told('state/assist/main-in').at(-1)?.status === 'coming',
    );
    expect(told('evt/assist').map(({ data }) => data.answer ?? data.by)).toEqual(['screen', 'coming']);
  });

  it('is forced open by whoever opens it without the button', async () => {
    const from = gate.rows().length;
    gate.setDoor('open');
    await doorIs({ alarm: 'DoorForcedOpen' });
    gate.setDoor('closed');
    await doorIs({ alarm: 'Normal' });
    expect(rowsFrom(from)).toEqual(['door.alarm DoorForcedOpen', 'door.alarm Normal']);
  });

  it('lets people leave by the button, written down and without an alarm, and moves nothing', async () => {
    const from = gate.rows().length;
    gate.setInput('exitButton', true);
    await doorIs({ mode: 'Accessed', released: false });
    gate.setInput('exitButton', false);
    await pushDoor();
    await server.until(() => told('evt/access').some(({ type }) => type === 'io.gatepost.access.taken.v1'));
    expect(rowsFrom(from)).toEqual(['access.granted', 'access.taken']);
    const granted = gate.rows().find(({ name }) => name === 'access.granted');
    expect(granted?.event.data).toMatchObject({
      accessPoint: 'main',
      direction: 'out',
      recognition: 'pt:REX',
      decidedBy: 'auto',
      decision: 'Granted',
    });
    expect(gate.level.releases).toBe(0);
    await doorIs({ mode: 'Locked' });
  });

  it('lets them leave in a lockdown too, which it stays in', async () => {
    const { password } = GUARD;
    const order = (verb: string) => guard.order('door', { door: 'main', verb, note: 'drill', password });
    expect(await order('lockdown')).toBe(200);
    const from = gate.rows().length;
    gate.setInput('exitButton', true);
    await server.until(() => told('evt/access').length === 3);
    gate.setInput('exitButton', false);
    await pushDoor();
    await doorIs({ mode: 'LockedDown' });
    expect(rowsFrom(from)).toEqual(['access.granted', 'access.taken']);
    expect(await order('lockdown-release')).toBe(200);
    expect(gate.level.releases).toBe(0);
  });

  it('tells guard and servers of an opened lid', async () => {
    const from = gate.rows().length;
    gate.setInput('tamper', true);
    await doorIs({ tamper: 'TamperDetected' });
    await stateSays({ tamper: 'TamperDetected' });
    gate.setInput('tamper', false);
    await doorIs({ tamper: 'NotInTamper' });
    await stateSays({ tamper: 'NotInTamper' });
    expect(rowsFrom(from)).toEqual(['door.tamper TamperDetected', 'door.tamper NotInTamper']);
    expect(told('evt/door').filter(({ type }) => type === 'io.gatepost.door.tamper.v1')).not.toEqual([]);
  });

  it('raises no alarm of its own in a fire, and does again after it', async () => {
    // The time of the last passage is over by then, or it would mask the alarm.
    await doorIs({ mode: 'Locked' });
    const from = gate.rows().length;
    gate.setInput('fire', true);
    await doorIs({ fire: true });
    await stateSays({ fire: true });
    await pushDoor();
    gate.setInput('fire', false);
    await doorIs({ fire: false });
    expect(rowsFrom(from)).toEqual(['door.fault fire_alarm', 'door.fault ok']);
    gate.setDoor('open');
    await doorIs({ alarm: 'DoorForcedOpen' });
    gate.setDoor('closed');
    await doorIs({ alarm: 'Normal' });
  });

  it('leaves a lid that was open for the guard to look at, until somebody has', async () => {
    const items = () => (guard.screen.latest('attention') ?? []) as { id: string; accessPoint: string }[];
    await guard.screen.until(() => items().some(({ id }) => id === 'tamper:main'));
    // The door that was forced meanwhile waits for the guard as well.
    for (const { id } of items()) expect(await guard.order('seen', { id })).toBe(200);
    await guard.screen.until(() => items().length === 0);
  });

  it('keeps an open lid over a restart, and ends without telling of lids', async () => {
    gate.setInput('tamper', true);
    await doorIs({ tamper: 'TamperDetected' });
    guard.close();
    const from = gate.rows().length;
    expect(await gate.daemon.kill('SIGTERM')).toBe(0);
    expect(rowsFrom(from)).toEqual([]);
    guard = await GuardClient.signIn(await gate.start());
    await doorIs({ tamper: 'TamperDetected' });
  });
});

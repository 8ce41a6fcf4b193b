import { expect, it, onTestFinished } from 'vitest';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';

needs('mosquitto', 'socat')('Home Assistant at a real gate', () => {
  it('finds the gate at the broker, opens by what it was told, and not by what lies there', async () => {
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.stop());
    const discovery = 'homeassistant/device/gatepost-willow-court-north/config';
    const unlock = 'gates/v1/willow-court/north/ha/unlock/main-in';
    const home = await MqttSubscriber.start({
      url: broker.url,
      topics: [discovery, 'gates/v1/willow-court/north/ha/access'],
    });
    onTestFinished(() => home.stop());
    // It lies there before the gate comes, and would open at every start.
    await home.send(unlock, Buffer.from('UNLOCK'), { qos: 1, retain: true });
    const gate = await TestGate.set({
      mqttUrl: broker.url,
      screening: 'off',
      homeassistant: { discovery: true, unlock: true },
    });
    onTestFinished(() => gate.dispose());
    await gate.start();
    await home.until((messages) => messages.some(({ topic }) => topic === discovery));
    const message = JSON.parse(
      home.messages.find(({ topic }) => topic === discovery)?.payload.toString() ?? '',
    );
    const lock = message.components['lock_main-in'];
    expect(lock).toMatchObject({ platform: 'lock', command_topic: unlock, payload_unlock: 'UNLOCK' });
    await gate.daemon.log.until((lines) => lines.some(({ msg }) => msg.includes('sent to be retained')));
    await home.send(lock.command_topic, Buffer.from('unlock'), { qos: 1 });
    await gate.daemon.log.until((lines) => lines.some(({ msg }) => msg.includes('is not UNLOCK')));
    expect(gate.level.releases).toBe(0);
    await home.send(lock.command_topic, Buffer.from(lock.payload_unlock), {
      qos: lock.qos,
      retain: lock.retain,
    });
    await gate.level.changes.until(() => gate.level.releases === 1);
    await home.until((messages) => messages.some(({ topic }) => topic.endsWith('ha/access')));
    expect(JSON.parse(home.messages.at(-1)?.payload.toString() ?? '')).toEqual({
      event_type: 'granted',
      access_point: 'main-in',
      direction: 'in',
    });
    const overrides = gate.rows().filter(({ name }) => name === 'operator.override');
    expect(overrides.map(({ event }) => event.data)).toMatchObject([
      { operator: 'homeassistant', action: 'open', accessPoint: 'main-in' },
    ]);
  });
});

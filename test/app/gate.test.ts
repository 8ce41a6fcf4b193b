import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const ANNA = { passId: '00000000000000a1' };
const BERT = { passId: '00000000000000b2' };

async function openGate(folder = temporaryFolder()): Promise<RuleGate> {
  const gate = await RuleGate.start(folder, new VirtualClock(NOW_S * 1000), policy());
  onTestFinished(() => gate.stop());
  return gate;
}

/** Access points of the guard's list, newest first. */
const list = (gate: RuleGate) => gate.state.decisions.values[0]?.map(({ accessPoint }) => accessPoint);

describe('one gate', () => {
  it('shows the guard the people of all its ways in one list', async () => {
    const gate = await openGate();
    await gate.goes('in', ANNA);
    await gate.goes('out', BERT);
    expect(list(gate)).toEqual(['main-out', 'main-in']);
    gate.show('in', { passId: '00000000000000c3' });
    expect(list(gate)).toEqual(['main-in', 'main-out', 'main-in']);
  });

  it('writes down who leaves by the exit button, in the same list and without an alarm', async () => {
    const gate = await openGate();
    await gate.goes('in', ANNA);
    gate.inputs.exitButton.is('Open');
    await gate.walk();
    expect(gate.state.decisions.values[0]).toMatchObject([
      { accessPoint: 'main-out', recognition: 'pt:REX', passageState: 'taken' },
      { accessPoint: 'main-in' },
    ]);
    expect(gate.data('door.alarm')).toEqual([]);
  });

  it('tells how it is, from doors to the queue, once it is started', async () => {
    const gate = await openGate();
    const { phase, site, accessPoints, doors, devices, rules, clock, queue } = gate.state;
    const told = [phase, site, accessPoints, doors, devices, rules, clock, queue];
    expect(told.map(({ values }) => values.length > 0)).toEqual(told.map(() => true));
    expect(accessPoints.values.map(({ id }) => id)).toEqual(['main-in', 'main-out']);
    expect(devices.values.map(({ id, status }) => `${id} ${status}`)).toEqual(
      expect.arrayContaining(['lock:main ok', 'contact:main ok', 'scanner:main-in ok', 'log ok']),
    );
  });

  it('says in the log that it began and that it left', async () => {
    const folder = temporaryFolder();
    const gate = await RuleGate.start(folder, new VirtualClock(NOW_S * 1000), policy());
    expect(gate.data('device.started')).toMatchObject([{ software: '0.1.0', unclean: false }]);
    await gate.stop();
    const next = await openGate(folder);
    expect(next.data('device.stopping')).toEqual([{ cause: 'stop' }]);
  });
});

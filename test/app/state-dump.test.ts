import { expect, it } from 'vitest';
import { PresentState } from '../../src/app/state/present-state.ts';
import { stateWithoutPersons } from '../../src/app/state/state-dump.ts';

/** Words that only persons, their passes and free text of theirs have here. */
const OF_PERSONS = [
  'Zhao Lan',
  'Tower 3',
  'a1b2c3d4e5f60718',
  '0a1b2c3d4e5f',
  'passage-1',
  'no phone',
  '36.6',
];

/** A gate at which somebody stands, with lines in all lists. */
function busyGate(): PresentState {
  const state = new PresentState();
  const holder = { label: 'Zhao Lan', unit: 'Tower 3' };
  const person = { passId: 'a1b2c3d4e5f60718', holderRef: '0a1b2c3d4e5f', holder, label: 'Zhao Lan' };
  const at = { accessPoint: 'main-in', passage: 'passage-1' };
  state.phase.set({ phase: 'ready' });
  state.accessPoints.set({ id: 'main-in', door: 'main', direction: 'in', enabled: true });
  state.doors.set({
    door: 'main',
    name: 'Main door',
    mode: 'Locked',
    physical: 'Closed',
    alarm: 'Normal',
    released: false,
  });
  state.devices.set({
    id: 'scanner:main-in',
    role: 'scanner',
    owner: 'main-in',
    driver: 'serial',
    simulated: false,
    status: 'degraded',
    cause: 'noise',
    detail: 'It read a1b2c3d4e5f60718.',
    sinceMs: 5,
  });
  state.queue.set({ pending: 3, connected: false, detail: 'Refused for 0a1b2c3d4e5f.' });
  state.readings.set({ accessPoint: 'main-in', reading: { objectC: 36.6 } });
  state.passages.set({ ...at, ...person, feedback: 'GuardCalled', kind: 'resident', reasons: [] });
  state.decisions.set([
    {
      ...at,
      ...person,
      timeMs: 5,
      direction: 'in',
      decision: 'Denied',
      reasons: [],
      screening: { outcome: 'normal', temperatureC: 36.6 },
      decidedBy: 'chen',
      note: 'no phone',
      passageState: 'none',
    },
  ]);
  state.visitors.set([
    {
      passId: person.passId,
      label: 'Zhao Lan',
      hostRef: person.holderRef,
      host: holder,
      fromMs: 1,
      untilMs: 9,
      registeredBy: 'chen',
      hostConfirmed: false,
    },
  ]);
  state.attention.set([{ id: 'duress:passage-1', kind: 'duress', ...at, sinceMs: 5 }]);
  return state;
}

it('tells how doors, devices and lists are, and nothing of persons', () => {
  const dump = stateWithoutPersons(busyGate());
  expect(dump).toMatchObject({
    phase: 'ready',
    queue: { pending: 3, connected: false },
    doors: [{ door: 'main', mode: 'Locked', physical: 'Closed' }],
    accessPoints: [{ id: 'main-in', shows: 'GuardCalled' }],
    devices: [{ id: 'scanner:main-in', status: 'degraded', cause: 'noise' }],
    boards: { decisions: 1, orders: 0, visitors: 1, attention: 1 },
  });
  const text = JSON.stringify(dump);
  expect(OF_PERSONS.filter((word) => text.includes(word))).toEqual([]);
});

it('can be asked for before anything is known', () => {
  expect(stateWithoutPersons(new PresentState())).toMatchObject({
    phase: 'starting',
    doors: [],
    devices: [],
  });
});

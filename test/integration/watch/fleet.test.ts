import { expect, it } from 'vitest';
import { ENDED_ROWS } from '../../bench/fleet/gate-history.ts';
import { runFleet } from '../../bench/fleet/run-fleet.ts';
import { needs } from '../../support/needs.ts';

const SIZE = { gates: 3, passages: 6, seconds: 12, ackSeconds: 3 };

needs('mosquitto', 'postgres')('a small fleet', () => {
  it('loses nothing where broker, server and database are lost, names what has ended, and obeys a lockdown', async () => {
    const result = await runFleet(SIZE, () => undefined);
    // Each gate: what its start writes, and granted, opened, taken and closed of each person.
    expect(result.sent).toBeGreaterThan(3 * 6 * 4);
    expect(result).toMatchObject({ stored: result.sent, twice: 0, gaps: 0, alarms: [], obeyed: 3 });

    const { again } = result;
    expect(again).toMatchObject({ stored: again.left, unlike: 0, gaps: 0, alarms: [] });
    // What lies before the first row of a guard, and between two of them: more ranges than one answer names.
    expect(again).toMatchObject({ purged: ENDED_ROWS, ended: ENDED_ROWS, misnamed: 0 });
    expect(again.ranges).toBe(40);
    // No gate went on believing what the server had said before.
    expect(again).toMatchObject({ tookBack: 3, believed: 0, fellAgain: 0 });
  });
});

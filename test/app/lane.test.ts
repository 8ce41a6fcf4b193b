import { expect, it } from 'vitest';
import { FLOORS, playQueue, throughput } from '../bench/queue/queue-lane.ts';

/** One of the queues of `npm run bench -- lane`; which of them is of no importance, it is the same at each run. */
const SEED = 3;

it.each([
  ['a code alone', false, FLOORS.code],
  ['code and temperature', true, FLOORS.temperature],
])(
  'a lane passes a queue with %s, and the log has everybody who went through',
  async (_, screened, floor) => {
    const day = await playQueue(SEED, screened);
    expect(day.isInLog).toBe(true);
    expect(throughput(day)).toBeGreaterThanOrEqual(floor);
  },
);

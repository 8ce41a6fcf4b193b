import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { Connection } from '../../src/adapters/sqlite/connection.ts';
import { databasePath, openForWriting } from '../../src/adapters/sqlite/database.ts';
import { effectTables } from '../../src/adapters/sqlite/effects.ts';
import { SqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { migrate } from '../../src/adapters/sqlite/migrations.ts';
import type { Effect } from '../../src/core/decision/effect.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { freshFolder } from './filled-store.ts';
import { atMost, type Line, median, ms, percentile, ratio } from './report.ts';

const ROUNDS = 100;
const DECISIONS_PER_ROUND = 25;

/** What it costs a decision that deleted content is overwritten (`secure_delete`), with and without it in turn. */
export async function measureOverwriting(): Promise<readonly Line[]> {
  const clock = new SystemClock();
  const path = databasePath(freshFolder('overwriting'));
  const connection = new Connection({ path, clock, logger: new SilentLogger() });
  const database = openForWriting(path);
  connection.attach(database);
  try {
    migrate(database);
    const tables = effectTables(connection);
    const names = { site: 'willow-court', gate: 'bench' };
    const log = new SqliteEventLog({ connection, tables, clock, ...names, onCommitted: () => undefined });
    log.begin({ bootId: 'bench' });
    const times = { ON: [] as number[], OFF: [] as number[] };
    for (let round = 0; round < 2 * ROUNDS; round++) {
      const mode = round % 2 === 0 ? 'ON' : 'OFF';
      database.pragma(`secure_delete = ${mode}`);
      for (let number = 0; number < DECISIONS_PER_ROUND; number++) {
        const startMs = performance.now();
        log.commit(decision(round * DECISIONS_PER_ROUND + number, clock.read().wallMs));
        times[mode].push(performance.now() - startMs);
      }
    }
    const [on, off] = [median(times.ON), median(times.OFF)];
    console.log(`  median ${ms(on)} with, ${ms(off)} without`);
    console.log(
      `  95 of 100 ${ms(percentile(times.ON, 0.95))} with, ${ms(percentile(times.OFF, 0.95))} without`,
    );
    return [atMost('a decision with secure_delete against without', on / off, 1.1, ratio(on / off))];
  } finally {
    connection.close();
  }
}

/** A grant with what it changes: the used step of a phone code, the ledger, the count of the day. */
function decision(number: number, timeMs: number) {
  // Few passes, so that most steps replace an older one, which is what there is to overwrite.
  const passId = (number % 50).toString(16).padStart(16, '0');
  const passage = `passage-${number}`;
  const at = { accessPoint: 'main-in', direction: 'in', siteDay: 20_000 } as const;
  const effects: readonly Effect[] = [
    { kind: 'rememberStep', passId, step: number },
    { kind: 'recordPassage', entry: { ...at, passage, passId, kind: 'resident', holderRef: '0a1b2c3d4e5f' } },
    { kind: 'countDay', ...at, counted: 'granted' },
  ];
  return { events: [accessGranted({ passId, passage }, timeMs)], effects };
}

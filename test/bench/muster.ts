import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { databasePath, openForWriting } from '../../src/adapters/sqlite/database.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { LookUpRecords } from '../../src/app/desk/look-up-records.ts';
import { MusterSheets } from '../../src/app/desk/muster-sheets.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { MusterErasure } from '../../src/app/rules/muster-erasure.ts';
import { MusterKeeper } from '../../src/app/rules/muster-keeper.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { testSigner } from '../support/gate/pass-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { freshFolder } from './filled-store.ts';
import { atMost, type Line, ms } from './report.ts';

const PEOPLE = 2_700;
const DAYS = 14;
const PASSAGES_A_DAY = 4;
const DAY_MS = 86_400_000;
const NEVER = new AbortController().signal;

/** From the order to a list of 2,700 people that is stored, and to its names, beside the same rows written and read bare. */
export async function measureMuster(): Promise<readonly Line[]> {
  const folder = freshFolder('muster');
  const clock = new SystemClock();
  const logger = new SilentLogger();
  const [site, gate] = ['willow-court', 'bench'];
  const store = new Store({ folder, site, gate, clock, logger });
  await store.start(NEVER);
  await store.stop();
  fill(databasePath(folder), clock.read().wallMs);
  await store.start(NEVER);
  try {
    const notes = new EventWriter({ log: store.log, clock, logger });
    const book = store.musters;
    const names = { clock, logger, gate };
    const erasure = new MusterErasure({ ...names, book, notes, site, gateKey: () => testSigner('phone') });
    const keeper = new MusterKeeper({
      ...{ ...names, book, notes, erasure, timeZone: 'Asia/Shanghai', holderState: store.holderState },
      settings: { atFire: false, keptMs: DAY_MS },
      trust: { doubt: () => undefined },
      state: new PresentState(),
    });
    const sheets = new MusterSheets({
      keeper,
      book,
      lookUps: new LookUpRecords({ notes, clock, gate }),
      now: new PresentState().muster,
      register: store.holders,
      visitors: store.visitors,
      registers: store.registers,
    });
    await keeper.start(NEVER);
    const startMs = performance.now();
    const planned = keeper.table['begin-muster']({ type: 'begin-muster', operator: 'bench', note: 'bench' });
    if ('act' in planned) planned.act?.([]);
    const storedMs = performance.now() - startMs;
    const sheet = sheets.look('bench');
    const namedMs = performance.now() - startMs;
    await keeper.stop();
    const floorMs = floorOf(join(folder, 'floor.db'));
    console.log(
      `  ${sheet?.people.length} people: stored after ${ms(storedMs)}, with names after ${ms(namedMs)}`,
    );
    console.log(`  the same rows written and read by a bare script: ${ms(floorMs)}`);
    return [atMost('a list of 2,700 people, with names', namedMs, 1_000, ms(namedMs))];
  } finally {
    await store.stop();
  }
}

/** Two weeks of passages: everybody goes out and comes in twice a day, and is inside at the end. */
function fill(path: string, nowMs: number): void {
  const database = openForWriting(path);
  const passage = database.prepare(
    `INSERT INTO passage (passage, pass_id, holder_ref, kind, direction, access_point, at_ms, site_day, occupancy)
      VALUES (?, ?, ?, 'resident', ?, 'main-in', ?, ?, 1)`,
  );
  const holder = database.prepare('INSERT INTO holder VALUES ((SELECT generation FROM directory), ?, ?, ?)');
  database.transaction(() => {
    for (let one = 0; one < PEOPLE; one++) holder.run(hex(one, 12), `Resident ${one}`, `${one % 30}-${one}`);
    for (let day = DAYS; day > 0; day--)
      for (let turn = 0; turn < PASSAGES_A_DAY; turn++)
        for (let one = 0; one < PEOPLE; one++) {
          const atMs = Math.floor(nowMs - day * DAY_MS + (turn * DAY_MS) / PASSAGES_A_DAY + one);
          const direction = turn % 2 === 0 ? 'out' : 'in';
          const id = `${day}-${turn}-${one}`;
          passage.run(id, hex(one, 16), hex(one, 12), direction, atMs, Math.floor(atMs / DAY_MS));
        }
  })();
  database.close();
}

function floorOf(path: string): number {
  const database = new Database(path);
  database.exec(
    'CREATE TABLE person (line INTEGER PRIMARY KEY, pass_id TEXT, holder_ref TEXT, since_ms INTEGER)',
  );
  const add = database.prepare('INSERT INTO person VALUES (?, ?, ?, ?)');
  const startMs = performance.now();
  database.transaction(() => {
    for (let one = 0; one < PEOPLE; one++) add.run(one, hex(one, 16), hex(one, 12), one);
  })();
  database.prepare('SELECT * FROM person').all();
  const tookMs = performance.now() - startMs;
  database.close();
  return tookMs;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

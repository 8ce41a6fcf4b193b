import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openForWriting } from '../../../src/adapters/sqlite/database.ts';
import { lookAtLog } from '../../../src/adapters/sqlite/log-look.ts';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { openLogSource } from '../../../src/adapters/sqlite/log-source.ts';
import { MIGRATIONS, migrate } from '../../../src/adapters/sqlite/migrations.ts';
import { verifyChain } from '../../../src/core/events/chain.ts';
import { verifyLog } from '../../../src/core/events/verify-log.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const EPOCH = '01890a5d-ac96-774b-bcce-b302099a8057';

/** A store as each version before left it, beside which this program is installed and the gate not started yet. */
function storeOf(version: number): string {
  const folder = temporaryFolder();
  const database = openForWriting(join(folder, 'gatepost.db'));
  migrate(database, MIGRATIONS.slice(0, version));
  database.prepare('INSERT INTO log VALUES (1, ?, 0, zeroblob(32), 0)').run(EPOCH);
  if (version >= 9) database.prepare('INSERT INTO log_epoch VALUES (1, ?)').run(EPOCH);
  database
    .prepare(
      "INSERT INTO event (sequence, id, name, time_ms, time_quality, body, salt, hash) VALUES (1, 'x', 'door.mode', 1, 'synced', ?, ?, zeroblob(32))",
    )
    .run(Buffer.from('{}'), Buffer.alloc(16));
  database.prepare('UPDATE log SET last_sequence = 1').run();
  database.close();
  return folder;
}

describe.each(MIGRATIONS.map(({ version }) => version))('a store of schema %i', (version) => {
  it('is read and verified as it is, and not changed', () => {
    const folder = storeOf(version);
    const reader = openReadOnly(folder);
    expect(reader.position()).toMatchObject({ lastSequence: 1 });
    expect(reader.readAfter(0, 5)).toHaveLength(1);
    expect([...reader.search({ types: ['door'] })]).toHaveLength(1);
    for (const query of [{ reason: 'Other' }, { holderRef: 'ffffffffffff' }, { accessPoint: 'main-in' }])
      expect(reader.newestOf(query, 5)).toEqual([]);
    expect(reader.event(1)?.name).toBe('door.mode');
    expect(reader.around(1)).toHaveLength(1);
    // The row is none that a log has written.
    expect(verifyChain(reader.rows(), { cover: reader.cover() })).toMatchObject({ problem: 'edited' });
    reader.close();
    const source = openLogSource(folder);
    expect([...verifyLog(source, { witnesses: [] })]).toEqual([1]);
    expect(source.checkpoints()).toEqual([]);
    source.close();
    expect(lookAtLog(folder)).toMatchObject({ head: { sequence: 1 } });
    const database = new Database(join(folder, 'gatepost.db'), { readonly: true });
    expect(database.pragma('user_version', { simple: true })).toBe(version);
    database.close();
  });
});

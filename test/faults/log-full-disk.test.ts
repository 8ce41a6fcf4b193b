import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from '../../src/adapters/sqlite/connection.ts';
import { openForWriting } from '../../src/adapters/sqlite/database.ts';
import { effectTables } from '../../src/adapters/sqlite/effects.ts';
import { SqliteEventLog } from '../../src/adapters/sqlite/event-log.ts';
import { migrate } from '../../src/adapters/sqlite/migrations.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { NAMESPACE, needsMounts } from '../support/needs.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';
import { typescriptArguments } from '../support/typescript-child.ts';

const run = promisify(execFile);
// A mount namespace of our own gives an ordinary user a small real disk.
needsMounts('/mnt')('a disk that is full', () => {
  it('refuses commits, closes the gate’s log, and works again by itself when there is room', async () => {
    const disk = temporaryFolder();
    const child = typescriptArguments('faults/log-writer.child.ts', join(disk, 'store'), 'full');
    const script = `mount -t tmpfs -o size=4m none "${disk}" && exec "$@"`;
    const { stdout } = await run(NAMESPACE[0], [
      ...NAMESPACE.slice(1),
      'sh',
      '-c',
      script,
      'sh',
      process.execPath,
      ...child,
    ]);
    expect(JSON.parse(stdout)).toEqual({
      refusal: 'log.unavailable',
      writableWhenFull: false,
      writableAfter: true,
      grown: 2,
    });
  });
});

describe('a log that may not grow any more', () => {
  it('is not taken for writable because a small update in place still works', () => {
    const clock = new VirtualClock();
    const connection = new Connection({
      path: join(temporaryFolder(), 'gatepost.db'),
      clock,
      logger: new SilentLogger(),
    });
    const database = openForWriting(connection.path);
    connection.attach(database);
    onTestFinished(() => connection.close());
    migrate(database);
    const tables = effectTables(connection);
    const names = { site: 'willow-court', gate: 'north' };
    const log = new SqliteEventLog({ connection, tables, clock, ...names, onCommitted: () => undefined });
    log.begin({ bootId: 'boot-1' });
    log.probe();
    database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true }))}`);

    const fill = (): void => {
      for (let round = 0; round < 1000; round++) log.commit({ events: [accessGranted()] });
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'log.unavailable' }));
    for (let second = 0; second < 3; second++) {
      expect(log.isWritable()).toBe(false);
      clock.advance(1000);
    }
    expect(() => log.probe()).toThrow(expect.objectContaining({ code: 'log.unavailable' }));

    database.pragma('max_page_count = 1000000');
    expect(log.isWritable()).toBe(false);
    clock.advance(1000);
    expect(log.isWritable()).toBe(true);
    expect(log.commit({ events: [accessGranted()] })).toHaveLength(1);
  });
});

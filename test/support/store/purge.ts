import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { EventWriter } from '../../../src/app/log/event-writer.ts';
import { RecordEnding } from '../../../src/app/log/record-ending.ts';
import { Retention, type RetentionSettings } from '../../../src/app/log/retention.ts';
import { RowEnding } from '../../../src/app/log/row-ending.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { KEPT } from '../gate/retention-settings.ts';
import { SilentLogger } from '../silent-logger.ts';

/** The purge of a gate at which nobody stands. */
export function makePurge(
  { log, rows, purges: book, recordPurge: records }: Pick<Store, 'log' | 'rows' | 'purges' | 'recordPurge'>,
  clock: Clock,
  settings: RetentionSettings = KEPT,
): Retention {
  const logger = new SilentLogger();
  const notes = new EventWriter({ log, clock, logger });
  const needs = () => ({ quotaDays: 2, lastPassageMs: 3_600_000 });
  const rowEnding = new RowEnding({
    ...{ rows, book, notes, clock, settings, acknowledged: () => 0, gate: 'north' },
  });
  const works = [
    rowEnding.work,
    new RecordEnding({ records, settings, needs, timeZone: 'Asia/Shanghai' }).work,
  ];
  return new Retention({
    ...{ clock, logger, records, works, timeless: rowEnding.erasures, isBusy: () => false },
  });
}

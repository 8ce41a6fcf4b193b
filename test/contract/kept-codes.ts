import { setTimeout as passing } from 'node:timers/promises';
import { expect } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { BACKLOG_GAP_MS, FreshReader } from '../../src/app/devices/fresh-reader.ts';
import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import { ScriptedStandstills } from '../support/clock/scripted-standstills.ts';
import { Inbox } from '../support/inbox.ts';

const textOf = (event: CodeReaderEvent) => (event.type === 'code' ? event.text : event.cause);

/** What came before the link was settled is dropped and counted, whatever the reader; what comes then is read. */
export async function expectKeptCodesDropped(
  reader: CodeReader,
  present: (text: string) => Promise<void> | void,
): Promise<void> {
  const clock = new SystemClock();
  const fresh = new Inbox<CodeReaderEvent>();
  const dropped = new Inbox<CodeReaderEvent>();
  let settle: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  // Half a second is as long as the test needs, however busy the machine is.
  const patient = {
    read: () => clock.read(),
    schedule: (_delayMs: number, run: () => void) => {
      settle = run;
      begin();
      return () => undefined;
    },
  };
  const reading = new FreshReader({
    reader,
    clock: patient,
    standstills: new ScriptedStandstills(),
    onDropped: dropped.put,
  });
  const opening = reading.open(fresh.put, new AbortController().signal);
  await Promise.race([begun, opening]);
  await present('KEPT');
  await dropped.until((events) => events.length > 0);
  settle();
  const link = await opening;
  // A person cannot be as quick as a backlog.
  await passing(2 * BACKLOG_GAP_MS);
  await present('SHOWN NOW');
  await fresh.until((events) => events.some((event) => textOf(event) === 'SHOWN NOW'));
  // What a camera still sees is shown now.
  if (reader.driver !== 'camera') expect(fresh.items.map(textOf)).toEqual(['SHOWN NOW']);
  expect(dropped.items.map(textOf)).toContain('KEPT');
  await link.close();
}

import { join } from 'node:path';
import { FolderInbox } from '../adapters/inbox/folder-inbox.ts';
import { answerBeside, inboxFolder, makeInbox } from '../adapters/inbox/hand-over.ts';
import { ResultsFile } from '../adapters/inbox/results-file.ts';
import { type NamedPart, named } from '../app/site/start-order.ts';
import type { Config } from '../config/schema.ts';
import type { BundleIntake } from '../ports/bundles.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/** Short, because the person who runs `gatepost apply` waits for the answer. */
const INBOX_EVERY_MS = 300;
const STICK_EVERY_MS = 2000;

/** The folders from which signed lists are read: the one of `gatepost apply` and the one of a USB stick. */
export function assembleInboxes(
  { store, trust }: Config,
  common: { readonly intake: BundleIntake; readonly clock: Clock; readonly logger: Logger },
): readonly NamedPart[] {
  const { inboxFolder: stick } = trust;
  const inbox = new FolderInbox({
    ...common,
    folder: inboxFolder(store.folder),
    everyMs: INBOX_EVERY_MS,
    source: 'apply',
    onAnswer: answerBeside,
  });
  const results = new ResultsFile(join(store.folder, 'inbox-results.jsonl'), common.clock);
  return [
    named('inbox', {
      start: async (signal) => {
        makeInbox(inboxFolder(store.folder));
        await inbox.start(signal);
      },
      stop: () => inbox.stop(),
    }),
    ...(stick === undefined ? [] : [named('inbox of the stick', stickInbox(stick, results, common))]),
  ];
}

function stickInbox(
  folder: string,
  results: ResultsFile,
  common: Pick<ConstructorParameters<typeof FolderInbox>[0], 'intake' | 'clock' | 'logger'>,
): FolderInbox {
  return new FolderInbox({
    ...common,
    folder,
    everyMs: STICK_EVERY_MS,
    source: 'usb',
    onAnswer: (path, answer) => results.add(path, answer),
    onLeftOut: (names) => results.leftOut(names),
  });
}

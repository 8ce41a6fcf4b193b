import { join } from 'node:path';
import { FolderChange } from '../adapters/inbox/folder-change.ts';
import { FolderInbox } from '../adapters/inbox/folder-inbox.ts';
import { answerBeside, inboxFolder, makeInbox } from '../adapters/inbox/hand-over.ts';
import { type InboxOrder, OrderInbox } from '../adapters/inbox/order-inbox.ts';
import { ResultsFile } from '../adapters/inbox/results-file.ts';
import type { Checkpoints } from '../app/log/checkpoints.ts';
import { type NamedPart, named } from '../app/site/start-order.ts';
import type { Config } from '../config/schema.ts';
import type { BundleIntake } from '../ports/bundles.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';

/** Short, because the person who runs `gatepost apply` waits for the answer. */
const INBOX_EVERY_MS = 300;
const STICK_EVERY_MS = 2000;

interface InboxCommon {
  readonly intake: BundleIntake;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The folders from which signed lists are read: the one of `gatepost apply`, in which other commands leave orders too,
 * and the one of a USB stick.
 */
export function assembleInboxes(
  { store, trust }: Config,
  { checkpoints, ...common }: { readonly checkpoints: Checkpoints } & InboxCommon,
): readonly NamedPart[] {
  const { inboxFolder: stick } = trust;
  const folder = inboxFolder(store.folder);
  const changes = [new FolderChange(folder, common.clock), new FolderChange(folder, common.clock)] as const;
  const inbox = new FolderInbox({
    ...common,
    folder,
    isDue: () => changes[0].isDue(),
    everyMs: INBOX_EVERY_MS,
    source: 'apply',
    onAnswer: answerBeside,
  });
  const orders = new OrderInbox({
    ...common,
    folder,
    isDue: () => changes[1].isDue(),
    everyMs: INBOX_EVERY_MS,
    carryOut: (order) => carryOutOrder(checkpoints, order),
  });
  const results = new ResultsFile(join(store.folder, 'inbox-results.jsonl'), common.clock);
  return [
    named('inbox', {
      start: async (signal) => {
        makeInbox(folder);
        await inbox.start(signal);
      },
      stop: () => inbox.stop(),
    }),
    named('orders of commands', orders),
    ...(stick === undefined ? [] : [named('inbox of the stick', stickInbox(stick, results, common))]),
  ];
}

/** What a command orders of the gate. Throws what Checkpoints throws. */
export async function carryOutOrder(checkpoints: Checkpoints, order: InboxOrder): Promise<string> {
  if (order.order === 'checkpoint') return checkpoints.order(order.by);
  return checkpoints.takeCosigned(new TextEncoder().encode(order.note));
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

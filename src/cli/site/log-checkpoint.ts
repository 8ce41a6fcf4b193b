import type { Command } from 'commander';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { gateSigner } from '../../adapters/files/kept-key.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { readBundleFile } from '../../adapters/inbox/bundle-file.ts';
import { type InboxOrder, orderOfGate } from '../../adapters/inbox/order-inbox.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import { isInUse } from '../../adapters/sqlite/folder-lock.ts';
import { Store } from '../../adapters/sqlite/store.ts';
import { BundlesInForce } from '../../app/lists/bundles-in-force.ts';
import { Distribution } from '../../app/lists/distribution.ts';
import { Checkpoints } from '../../app/log/checkpoints.ts';
import { EventWriter } from '../../app/log/event-writer.ts';
import { PresentState } from '../../app/state/present-state.ts';
import type { Config } from '../../config/schema.ts';
import { bundleTools, listSettings } from '../../daemon/bundle-tools.ts';
import { carryOutOrder } from '../../daemon/inboxes.ts';
import type { Logger } from '../../ports/logger.ts';
import { refuseForeignStore } from '../bundle/apply-lists.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';
import { person } from '../person.ts';

/** A long log of an older version is taken into the tree first, beside the gate's work. */
const ANSWER_LIMIT_MS = 600_000;

interface CheckpointOptions {
  readonly config: string;
  readonly publicKey?: boolean;
}

/** `gatepost log checkpoint --config FILE [--public-key]` and `gatepost log cosign CHECKPOINT --config FILE` */
export function registerLogCheckpoint(program: Command): void {
  const log = commandGroup(program, 'log', 'read the event log, or begin a new one');
  log
    .command('checkpoint')
    .description('sign what the log is now, and print it: to be kept elsewhere, for gatepost log verify')
    .requiredOption('-c, --config <file>', 'config file of the gate, which may be running')
    .option('--public-key', "print the gate's public key instead, to verify its checkpoints with")
    .action(checkpoint);
  log
    .command('cosign')
    .description('give the gate a checkpoint of its own that a witness has co-signed')
    .argument('<file>', 'the checkpoint with the signature line of the witness')
    .requiredOption('-c, --config <file>', 'config file of the gate, which may be running')
    .action(cosign);
}

async function checkpoint({ config: path, publicKey }: CheckpointOptions): Promise<void> {
  const { data } = await asOwner(() => {
    const { config } = loadGateConfig(path);
    return { folder: config.store.folder, data: { config, by: person() } };
  });
  const { folder } = data.config.store;
  if (publicKey === true) console.log(Buffer.from(gateSigner(folder).publicKey).toString('hex'));
  else process.stdout.write(await giveOrder(data.config, { order: 'checkpoint', by: data.by }));
}

async function cosign(file: string, { config: path }: { readonly config: string }): Promise<void> {
  const { data } = await asOwner(async () => {
    const { config } = loadGateConfig(path);
    const note = new TextDecoder().decode(await readBundleFile(file));
    return { folder: config.store.folder, data: { config, note } };
  });
  const result = await giveOrder(data.config, { order: 'cosign', note: data.note });
  console.log(
    result === 'kept'
      ? `The gate keeps ${file}.`
      : `The gate keeps a co-signed checkpoint already that is as new as ${file}.`,
  );
}

/** Lets the running gate carry an order out, or does it here if none runs. */
async function giveOrder(config: Config, order: InboxOrder): Promise<string> {
  const { folder } = config.store;
  if (isInUse(folder)) return orderOfGate(folder, order, ANSWER_LIMIT_MS);
  refuseForeignStore(folder);
  return carryOutHere(config, order, createLogger({ level: 'error', format: 'plain' }));
}

async function carryOutHere(config: Config, order: InboxOrder, logger: Logger): Promise<string> {
  const { folder } = config.store;
  const { site, gate } = { site: config.site.id, gate: config.gate.id };
  const clock = new SystemClock();
  const store = new Store({ folder, site, gate, clock, logger, visiting: true });
  const inForce = new BundlesInForce(listSettings(config, []));
  const tools = bundleTools(config, clock);
  const lists = new Distribution({ gate, tools, inForce, shelf: store.bundles, log: store.log, logger });
  const checkpoints = new Checkpoints({
    tree: store.tree,
    book: store.checkpoints,
    signer: () => gateSigner(folder),
    trusted: () => inForce.listedKeys,
    notes: new EventWriter({ log: store.log, clock, logger }),
    state: new PresentState(),
    clock,
    logger,
    site,
    gate,
  });
  const { signal } = new AbortController();
  try {
    await store.start(signal);
    if (order.order === 'cosign') await lists.start(signal);
    return await carryOutOrder(checkpoints, order);
  } finally {
    await lists.stop();
    await store.stop();
  }
}

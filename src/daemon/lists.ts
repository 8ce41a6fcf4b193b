import { join } from 'node:path';
import { FolderInbox } from '../adapters/inbox/folder-inbox.ts';
import { answerBeside, inboxFolder, makeInbox } from '../adapters/inbox/hand-over.ts';
import { ResultsFile } from '../adapters/inbox/results-file.ts';
import type { BundlesInForce } from '../app/lists/bundles-in-force.ts';
import { Distribution } from '../app/lists/distribution.ts';
import { ListSubscription } from '../app/lists/list-subscription.ts';
import { AllHolders, AllOrders, ListedRevocations } from '../app/lists/listed-facts.ts';
import { policyOfBundle } from '../config/policy-bundle.ts';
import type { Config } from '../config/schema.ts';
import type { TrustedKey } from '../core/pass/pass.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { HolderRegister } from '../ports/holder-register.ts';
import type { RevocationList, StandingOrders } from '../ports/rule-store.ts';
import { bundlesInForce, bundleTools } from './bundle-tools.ts';
import type { DaemonContext } from './context.ts';
import { type NamedPart, named } from './start-order.ts';

/** Whoever runs `gatepost apply` waits for it. */
const INBOX_EVERY_MS = 300;
const STICK_EVERY_MS = 2000;

interface ListSurroundings {
  /** Keys that count beside those of the signed list. */
  readonly configured: readonly TrustedKey[];
  /** A signed policy is in force. */
  readonly onPolicy: (policy: Policy) => void;
}

export interface AssembledLists {
  readonly inForce: BundlesInForce;
  readonly revocations: RevocationList;
  readonly orders: StandingOrders;
  readonly holders: HolderRegister;
  readonly subscription: ListSubscription;
  /** Tells the guard's screens the age of the lists. */
  readonly show: () => void;
  /** To be started after the rules and before the access points. */
  readonly parts: readonly NamedPart[];
}

/** The signed lists of the site: what is in force, and where new ones come from. */
export function assembleLists(parts: DaemonContext, around: ListSurroundings): AssembledLists {
  const { config, clock, logger, state, store } = parts;
  const { inboxFolder: stick } = config.trust;
  const inForce = bundlesInForce(config, around.configured);
  const show = () => state.lists.set(inForce.views(clock.read().wallMs));
  const distribution = new Distribution({
    gate: config.gate.id,
    tools: bundleTools(config, clock),
    inForce,
    shelf: store.bundles,
    log: store.log,
    logger,
    onChanged: (type) => {
      if (type === 'trust') subscription.askAgain();
      if (type === 'policy') tellPolicy(inForce, config, around.onPolicy);
      show();
    },
  });
  const subscription = new ListSubscription({
    site: config.site.id,
    intake: distribution,
    clock,
    logger,
  });
  const common = { intake: distribution, clock, logger };
  const inbox = new FolderInbox({
    ...common,
    folder: inboxFolder(config.store.folder),
    everyMs: INBOX_EVERY_MS,
    source: 'apply',
    onAnswer: answerBeside,
  });
  const results = new ResultsFile(join(config.store.folder, 'inbox-results.jsonl'), clock);
  return {
    inForce,
    revocations: new ListedRevocations(inForce),
    orders: new AllOrders(store.orders, inForce),
    holders: new AllHolders(store.holders, inForce),
    subscription,
    show,
    parts: [
      named('signed lists', distribution),
      named('inbox', {
        start: async (signal) => {
          makeInbox(inboxFolder(config.store.folder));
          await inbox.start(signal);
        },
        stop: () => inbox.stop(),
      }),
      ...(stick === undefined ? [] : [named('inbox of the stick', stickInbox(stick, results, common))]),
    ],
  };
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

function tellPolicy(inForce: BundlesInForce, config: Config, onPolicy: (policy: Policy) => void): void {
  const content = inForce.content('policy');
  if (content !== undefined) onPolicy(policyOfBundle(content.json, config));
}

import { randomUUID } from 'node:crypto';
import { RefreshTimer } from '../app/desk/refresh-timer.ts';
import { RuleOrders } from '../app/desk/rule-orders.ts';
import { VisitorOrders } from '../app/desk/visitor-orders.ts';
import type { Door } from '../app/door/door.ts';
import { HolderLookup } from '../app/rules/holder-lookup.ts';
import { LevelKeeper } from '../app/rules/level-keeper.ts';
import { RulesInForce } from '../app/rules/rules-in-force.ts';
import { policyOf } from '../config/policy.ts';
import type { HolderRegister } from '../ports/holder-register.ts';
import type { RevocationList, StandingOrders } from '../ports/rule-store.ts';
import type { DaemonContext } from './context.ts';
import { type NamedPart, named } from './start-order.ts';

interface RuleSurroundings {
  readonly doors: ReadonlyMap<string, { readonly door: Door }>;
  /** Those given here, and those of a signed list where there is one. */
  readonly orders: StandingOrders;
  readonly revocations: RevocationList;
  readonly register: HolderRegister;
  /** Shows the age of the signed lists. */
  readonly showLists: () => void;
  /** Judges whoever waits with this pass anew: its host is confirmed. */
  readonly onHostConfirmed: (passId: string) => void;
}

export interface AssembledRules {
  readonly rules: RulesInForce;
  readonly levels: LevelKeeper;
  readonly holders: HolderLookup;
  readonly ruleOrders: RuleOrders;
  readonly visitorOrders: VisitorOrders;
  /** To be started after the doors. */
  readonly part: NamedPart;
}

/** The rule book: what holds, whom it holds, and the guard's orders about it. */
export function assembleRules(parts: DaemonContext, around: RuleSurroundings): AssembledRules {
  const { config, clock, logger, records, state, store } = parts;
  const { orders, revocations, register, showLists, onHostConfirmed } = around;
  const gate = config.gate.id;
  const rules = new RulesInForce(policyOf(config), store.policy);
  const { timeZone } = config.site;
  const holders = new HolderLookup({ state: store.holderState, orders, revocations, timeZone });
  const levels = new LevelKeeper({
    rules,
    doors: () => [...around.doors.values()].map(({ door }) => door),
    records,
    state,
    holderState: store.holderState,
    logger,
    gate,
  });
  const ruleOrders = new RuleOrders({
    levels,
    orders,
    holders,
    clock,
    state,
    register,
    gate,
    newId: randomUUID,
  });
  const visitorOrders = new VisitorOrders({
    book: store.visitors,
    clock,
    state,
    register,
    gate,
    onHostConfirmed,
  });
  const showDesk = () => {
    ruleOrders.publish();
    visitorOrders.publish();
  };
  const refresh = new RefreshTimer({
    clock,
    logger,
    publish: () => {
      showDesk();
      showLists();
    },
  });
  const part = named('rules', {
    start: async (signal) => {
      await levels.start(signal);
      showDesk();
      await refresh.start(signal);
    },
    stop: async () => {
      await refresh.stop();
      await levels.stop();
    },
  });
  return { rules, levels, holders, ruleOrders, visitorOrders, part };
}

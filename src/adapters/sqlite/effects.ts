import type { Effect } from '../../core/decision/effect.ts';
import type { Connection } from './connection.ts';
import { SqliteHolderState } from './holder-state.ts';
import { SqlitePassMemory } from './pass-memory.ts';
import { SqlitePolicyStore } from './policy-store.ts';
import { SqliteStandingOrders } from './standing-orders.ts';
import { SqliteVisitorBook } from './visitor-book.ts';

/** The tables that effects change. */
export interface EffectTables {
  readonly passMemory: SqlitePassMemory;
  readonly holderState: SqliteHolderState;
  readonly orders: SqliteStandingOrders;
  readonly visitors: SqliteVisitorBook;
  readonly policy: SqlitePolicyStore;
}

export function effectTables(connection: Connection): EffectTables {
  const visitors = new SqliteVisitorBook(connection);
  return {
    passMemory: new SqlitePassMemory(connection),
    holderState: new SqliteHolderState(connection, visitors),
    orders: new SqliteStandingOrders(connection),
    visitors,
    policy: new SqlitePolicyStore(connection),
  };
}

/** Carries out one effect inside the transaction of its event. `nowMs` is the time of the record. */
export function applyEffect(tables: EffectTables, effect: Effect, nowMs: number): void {
  switch (effect.kind) {
    case 'rememberStep':
      return tables.passMemory.remember(effect.passId, effect.step, nowMs);
    case 'recordPassage':
      return tables.holderState.record(effect.entry, nowMs);
    case 'confirmPassage':
      return tables.holderState.confirm(effect.passage);
    case 'giveBack':
      return tables.holderState.giveBack(effect.passage);
    case 'forgive':
      return tables.holderState.forgive(effect.subject);
    case 'setOccupancy':
      return tables.holderState.setOccupancy(effect.value);
    case 'chooseLevel':
      return tables.policy.choose(effect.level);
    case 'addOrder':
      return tables.orders.add(effect.order);
    case 'endOrder':
      return tables.orders.end(effect.orderId, nowMs);
    case 'registerVisitor':
      return tables.visitors.register(effect.visitor);
    case 'confirmHost':
      return tables.visitors.confirmHost(effect.passId);
    case 'countReport':
      return tables.orders.countReport(effect.holderRef, effect.siteDay);
    case 'countOpen':
      return tables.holderState.countOpen(effect.accessPoint, effect.direction, effect.siteDay);
  }
}

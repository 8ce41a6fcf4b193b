import type { Effect } from '../../core/decision/effect.ts';
import { SqliteBackupBook } from './backup-book.ts';
import { SqliteCommandBook } from './command-book.ts';
import type { Connection } from './connection.ts';
import { SqliteDataRequests } from './data-requests.ts';
import { SqliteDayCounts } from './day-counts.ts';
import { SqliteHolderState } from './holder-state.ts';
import { SqlitePurgeBook, SqliteRecordsOfThePast } from './kept-numbers.ts';
import { SqliteMusterBook } from './muster-book.ts';
import { SqliteOperatorStore } from './operator-store.ts';
import { SqlitePassMemory } from './pass-memory.ts';
import { SqlitePolicyStore } from './policy-store.ts';
import { SqliteRegisterBook } from './register-book.ts';
import { SqliteShiftBook } from './shift-book.ts';
import { SqliteSiteOrders } from './site-orders.ts';
import { SqliteStandingOrders } from './standing-orders.ts';
import { SqliteVisitorBook } from './visitor-book.ts';

/** The tables that effects change. */
export interface EffectTables {
  readonly passMemory: SqlitePassMemory;
  readonly holderState: SqliteHolderState;
  readonly orders: SqliteStandingOrders;
  readonly visitors: SqliteVisitorBook;
  readonly registers: SqliteRegisterBook;
  readonly policy: SqlitePolicyStore;
  readonly siteOrders: SqliteSiteOrders;
  readonly shifts: SqliteShiftBook;
  readonly dayCounts: SqliteDayCounts;
  readonly operators: SqliteOperatorStore;
  readonly purges: SqlitePurgeBook;
  readonly records: SqliteRecordsOfThePast;
  readonly backups: SqliteBackupBook;
  readonly requests: SqliteDataRequests;
  readonly commands: SqliteCommandBook;
  readonly musters: SqliteMusterBook;
}

export function effectTables(connection: Connection): EffectTables {
  return {
    passMemory: new SqlitePassMemory(connection),
    holderState: new SqliteHolderState(connection),
    orders: new SqliteStandingOrders(connection),
    visitors: new SqliteVisitorBook(connection),
    registers: new SqliteRegisterBook(connection),
    policy: new SqlitePolicyStore(connection),
    siteOrders: new SqliteSiteOrders(connection),
    shifts: new SqliteShiftBook(connection),
    dayCounts: new SqliteDayCounts(connection),
    operators: new SqliteOperatorStore(connection),
    purges: new SqlitePurgeBook(connection),
    records: new SqliteRecordsOfThePast(connection),
    backups: new SqliteBackupBook(connection),
    requests: new SqliteDataRequests(connection),
    commands: new SqliteCommandBook(connection),
    musters: new SqliteMusterBook(connection),
  };
}

/**
 * Carries out one effect inside the transaction of its event.
 * @param nowMs time of the record
 * @param overMs a time that has certainly passed (Unix milliseconds); what ended before it may be deleted
 */
export function applyEffect(tables: EffectTables, effect: Effect, nowMs: number, overMs: number): void {
  switch (effect.kind) {
    case 'rememberStep':
      tables.passMemory.remember(effect.passId, effect.step, overMs);
      return;
    case 'recordPassage':
      tables.holderState.record(effect.entry, nowMs);
      if (effect.entry.passId !== undefined)
        tables.visitors.letThrough(effect.entry.passId, effect.entry.direction, nowMs);
      return;
    case 'noteQuota':
      tables.holderState.noteQuota(effect, nowMs);
      return;
    case 'confirmPassage':
      tables.holderState.confirm(effect.passage);
      return;
    case 'giveBack': {
      const { passId, direction } = tables.holderState.giveBack(effect.passage) ?? {};
      if (passId && direction !== undefined) tables.visitors.broughtBack(passId, direction);
      return;
    }
    case 'forgive':
      tables.holderState.forgive(effect.subject);
      return;
    case 'giveBackQuota':
      tables.holderState.giveBackQuota(effect.subject);
      return;
    case 'setOccupancy':
      tables.holderState.setOccupancy(effect.value);
      return;
    case 'trustRecords':
      tables.records.trust();
      return;
    case 'chooseLevel':
      tables.policy.choose(effect);
      return;
    case 'keepShift':
      tables.shifts.keep(effect.text, effect.atMs);
      return;
    case 'keepSiteOrders':
      tables.siteOrders.keep(effect.text);
      return;
    case 'addOrder':
      tables.orders.add(effect.order);
      return;
    case 'endOrder':
      tables.orders.end(effect.orderId, nowMs);
      return;
    case 'registerVisitor':
      tables.visitors.register(effect.visitor);
      return;
    case 'confirmHost':
      tables.visitors.confirmHost(effect.passId, effect.by);
      return;
    case 'visitorLeft':
      tables.visitors.noteLeft(effect.passId, nowMs);
      return;
    case 'addLine':
      tables.registers.add(effect.line);
      return;
    case 'lineLeft':
      tables.registers.noteLeft(effect.id, nowMs);
      return;
    case 'countReport':
      tables.orders.countReport(effect.holderRef, effect.siteDay);
      return;
    case 'countDay':
      tables.dayCounts.count(effect);
      return;
    case 'countReading':
      tables.dayCounts.countReading(effect);
      return;
    case 'addUptime':
      tables.dayCounts.addUptime(effect.siteDay, effect.devices);
      return;
    case 'reviewDay':
      tables.dayCounts.review(effect.siteDay, effect.review);
      return;
    case 'closeDay':
      tables.dayCounts.close(effect.siteDay);
      return;
    case 'dropCounts':
      tables.dayCounts.drop(effect.beforeDay);
      return;
    case 'useCommand':
      tables.commands.use(effect.key, effect.counter);
      return;
    case 'commandsFrom':
      tables.commands.beginAt(effect.fromMs);
      return;
    case 'keepMuster':
      tables.musters.keep(effect.muster, effect.lines);
      return;
    case 'tickMuster':
      tables.musters.tick(effect.muster, effect.tick);
      return;
    case 'untickMuster':
      tables.musters.untick(effect.muster, effect.line);
      return;
    case 'eraseMuster':
      tables.musters.erase(effect.muster, effect.receipt);
      return;
    case 'noteBackup':
      tables.backups.markTold(effect.id);
      return;
    case 'addRequest':
      tables.requests.add(effect.request);
      return;
    case 'answerRequest':
      tables.requests.answer(effect);
      return;
    case 'endRequests':
      tables.requests.end(effect);
      return;
    case 'announcePurge':
      tables.purges.announce(effect);
      return;
    case 'noteOperatorChange':
      tables.operators.dropChange(effect.id);
      return;
    case 'countOpen':
      tables.holderState.countOpen(effect.accessPoint, effect.direction, effect.siteDay);
      tables.dayCounts.countQuarter(effect, 'open');
      return;
  }
}

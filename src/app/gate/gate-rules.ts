import type { HolderRegister } from '../../ports/holder-register.ts';
import type { StandingOrders } from '../../ports/rule-store.ts';
import { Attention } from '../board/attention.ts';
import { DecisionBoard } from '../board/decision-board.ts';
import { VisitBoard } from '../board/visit-board.ts';
import type { Door } from '../door/door.ts';
import { BundlesInForce } from '../lists/bundles-in-force.ts';
import { AllHolders, AllOrders, ListedRevocations } from '../lists/listed-facts.ts';
import { DeskRecords } from '../log/desk-records.ts';
import { EventWriter } from '../log/event-writer.ts';
import { LimitedLog } from '../log/limited-log.ts';
import { DataRequests } from '../rules/data-requests.ts';
import { HolderLookup } from '../rules/holder-lookup.ts';
import { LevelKeeper } from '../rules/level-keeper.ts';
import { MusterErasure } from '../rules/muster-erasure.ts';
import { MusterKeeper } from '../rules/muster-keeper.ts';
import { RecordsTrust } from '../rules/records-trust.ts';
import { RulesInForce } from '../rules/rules-in-force.ts';
import { SiteOrderKeeper } from '../rules/site-order-keeper.ts';
import { makeDoors } from './gate-doors.ts';
import type { GatePorts, GateSettings } from './gate-ports.ts';

/** What all access points and exit buttons of a gate share: doors, boards, writing to the log, rules and registers. */
export interface GateRules {
  readonly doors: ReadonlyMap<string, Door>;
  /** Through it everything is written: it limits how much anybody can cause. */
  readonly log: LimitedLog;
  readonly notes: EventWriter;
  readonly records: DeskRecords;
  readonly attention: Attention;
  readonly board: DecisionBoard;
  /** The signed lists. */
  readonly lists: BundlesInForce;
  /** Orders given at this gate and those of the signed list. */
  readonly orders: StandingOrders;
  /** Names stored at this gate and those of the signed list. */
  readonly register: HolderRegister;
  /** Visits as screens show them. */
  readonly visits: VisitBoard;
  readonly inForce: RulesInForce;
  readonly holders: HolderLookup;
  /** Whether the records of earlier passages count. */
  readonly trust: RecordsTrust;
  /** What people have asked for at the gate. */
  readonly requests: DataRequests;
  readonly levels: LevelKeeper;
  readonly siteOrders: SiteOrderKeeper;
  /** Who is inside at a fire. */
  readonly musters: MusterKeeper;
}

export function makeRules(ports: GatePorts, settings: GateSettings): GateRules {
  const { clock, logger, state, store } = ports;
  const { site, gate, timeZone } = settings.site;
  const log = new LimitedLog({ log: store.log, clock, logger });
  const doors = makeDoors(ports, settings, log);
  const notes = new EventWriter({ log, clock, logger });
  const records = new DeskRecords({ notes, logger });
  const attention = new Attention({ state, keeping: { book: store.attention, logger } });
  attention.watch(clock);
  const lists = new BundlesInForce(settings.lists);
  const orders = new AllOrders(store.orders, lists);
  const register = new AllHolders(store.holders, lists);
  const { records: past } = store;
  const trust = new RecordsTrust({
    records: past,
    attention,
    clock,
    gate,
    answer: settings.untrustedRecords,
  });
  const inForce = new RulesInForce(settings.policy, store.policy);
  return {
    doors,
    log,
    notes,
    records,
    attention,
    board: new DecisionBoard(state),
    lists,
    orders,
    register,
    visits: new VisitBoard({ book: store.visitors, clock, state, register }),
    inForce,
    holders: new HolderLookup({
      state: store.holderState,
      orders,
      revocations: new ListedRevocations(lists),
      trust,
      timeZone,
    }),
    trust,
    requests: new DataRequests({
      book: store.requests,
      eraser: ports.eraser,
      notes,
      attention,
      clock,
      logger,
      gate,
      keptMs: settings.privacy.requestMs,
      everyMs: settings.lookEveryMs,
    }),
    levels: new LevelKeeper({
      rules: inForce,
      doors: [...doors.values()],
      records,
      state,
      holderState: store.holderState,
      attention,
      clock,
      logger,
      gate,
      timeZone,
    }),
    musters: new MusterKeeper({
      settings: settings.muster,
      book: store.musters,
      erasure: new MusterErasure({
        book: store.musters,
        notes,
        gateKey: ports.gateKey,
        clock,
        logger,
        site,
        gate,
      }),
      holderState: store.holderState,
      ...{ trust, notes, state, clock, logger, gate, timeZone },
    }),
    siteOrders: new SiteOrderKeeper({
      settings: settings.siteOrders,
      doors: [...doors.values()],
      store: store.siteOrders,
      commands: store.commands,
      notes,
      attention,
      state,
      clock,
      logger,
      gate,
    }),
  };
}

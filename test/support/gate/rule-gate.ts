import { randomUUID } from 'node:crypto';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { Attention } from '../../../src/app/board/attention.ts';
import { DecisionBoard } from '../../../src/app/board/decision-board.ts';
import { GuardOrders } from '../../../src/app/desk/guard-orders.ts';
import { RuleOrders } from '../../../src/app/desk/rule-orders.ts';
import { VisitorOrders } from '../../../src/app/desk/visitor-orders.ts';
import { Door } from '../../../src/app/door/door.ts';
import type { Distribution } from '../../../src/app/lists/distribution.ts';
import { AllOrders, ListedRevocations } from '../../../src/app/lists/listed-facts.ts';
import { DeskRecords } from '../../../src/app/log/desk-records.ts';
import { EventWriter } from '../../../src/app/log/event-writer.ts';
import { AccessPoint } from '../../../src/app/passage/access-point.ts';
import { AccessPointScreens } from '../../../src/app/passage/access-point-screens.ts';
import { PassageEvaluator } from '../../../src/app/passage/evaluator.ts';
import { OpenGate, OpenLevel } from '../../../src/app/passage/open-gate.ts';
import { PassageBoard } from '../../../src/app/passage/passage-board.ts';
import { ScanLockout } from '../../../src/app/passage/scan-lockout.ts';
import { ServiceSwitch } from '../../../src/app/passage/service-switch.ts';
import { HolderLookup } from '../../../src/app/rules/holder-lookup.ts';
import { LevelKeeper } from '../../../src/app/rules/level-keeper.ts';
import { RulesInForce } from '../../../src/app/rules/rules-in-force.ts';
import { ScreeningStation } from '../../../src/app/screening/screening-station.ts';
import { DailyReport } from '../../../src/app/site/daily-report.ts';
import { showToGuards } from '../../../src/app/state/guard-screens.ts';
import { PresentState } from '../../../src/app/state/present-state.ts';
import type { Direction } from '../../../src/core/access/vocabulary.ts';
import type { EventDataByName, EventName } from '../../../src/core/events/event.ts';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../../src/core/pass/pass.ts';
import type { Policy } from '../../../src/core/policy/policy.ts';
import { isWholePass } from '../../../src/core/scan/pass-form.ts';
import { ScriptedStandstills } from '../clock/scripted-standstills.ts';
import { settle, type VirtualClock } from '../clock/virtual-clock.ts';
import { SilentLogger } from '../silent-logger.ts';
import { openStore } from '../store/store-folder.ts';
import { gateLists } from './gate-lists.ts';
import { sampleClaims, testSigner } from './pass-samples.ts';
import { Actuator, Contact, Feed, Prompts, ScriptedSensors } from './rule-gate-devices.ts';
import { SCREENING_SETTINGS } from './screening-settings.ts';

const NEVER = new AbortController().signal;
/** Longer than any waiting of a passage with a door that is walked through. */
const PASSAGE_MS = 10_000;
const REFUSAL_MS = 6_000;
export const SITE = 'c42';
export const TIME_ZONE = 'Asia/Shanghai';

export interface RuleGateOptions {
  /** Whether the way in has a thermometer. */
  readonly thermometer?: boolean;
}

/** What became of one showing of a pass. */
interface Shown {
  readonly granted: boolean;
  readonly data: EventDataByName['access.granted'];
}

/** A whole gate with one door and two ways, on real SQLite and a clock that moves only by order. */
export class RuleGate {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly state = new PresentState();
  readonly feed = new Feed();
  readonly actuator = new Actuator();
  readonly desk: GuardOrders;
  readonly door: Door;
  readonly levels: LevelKeeper;
  readonly logger = new SilentLogger();
  readonly prompts = new Prompts();
  readonly sensors: ScriptedSensors;
  readonly lists: Distribution;
  readonly contact = new Contact();
  readonly standstills = new ScriptedStandstills();
  readonly #dailyReport: DailyReport;
  readonly #accessPoints: readonly AccessPoint[];
  readonly #attention: Attention;

  /** Opens the gate over the store in `folder`; a second one over the same folder is the gate after a restart. */
  static async start(
    folder: string,
    clock: VirtualClock,
    policy: Policy,
    options: RuleGateOptions = {},
  ): Promise<RuleGate> {
    const gate = new RuleGate(clock, await openStore(folder, { clock }), policy, options);
    if (options.thermometer === true) gate.sensors.forehead.powerOn();
    await gate.lists.start(NEVER);
    await gate.door.start(NEVER);
    await settle();
    await gate.levels.start(NEVER);
    await gate.#dailyReport.start(NEVER);
    gate.#attention.restore(gate.store.log);
    for (const accessPoint of gate.#accessPoints) await accessPoint.start(NEVER);
    await gate.pass(1_000);
    return gate;
  }

  private constructor(clock: VirtualClock, store: Store, policy: Policy, options: RuleGateOptions) {
    this.clock = clock;
    this.store = store;
    this.sensors = new ScriptedSensors(clock);
    const { logger } = this;
    const { state } = this;
    showToGuards(state, this.feed);
    const notes = new EventWriter({ log: store.log, clock, logger });
    this.door = new Door({
      id: 'main',
      name: 'Main door',
      actuator: this.actuator,
      contact: this.contact,
      clock,
      log: store.log,
      state,
      logger,
      settings: { releaseMs: 3_000, heldOpenMs: 30_000 },
    });
    const rules = new RulesInForce(policy, store.policy);
    const { visitors, holderState } = store;
    const { inForce, distribution } = gateLists(store, clock, SITE);
    this.lists = distribution;
    const orders = new AllOrders(store.orders, inForce);
    const holders = new HolderLookup({
      state: holderState,
      orders,
      revocations: new ListedRevocations(inForce),
      timeZone: TIME_ZONE,
    });
    this.#dailyReport = new DailyReport({
      counts: store.dayCounts,
      notes,
      clock,
      logger,
      gate: 'north',
      timeZone: TIME_ZONE,
    });
    const records = new DeskRecords({ notes, logger });
    this.levels = new LevelKeeper({
      rules,
      doors: () => [this.door],
      records,
      state,
      holderState,
      logger,
      gate: 'north',
    });
    const attention = new Attention({ state, keeping: { book: store.attention, logger } });
    attention.watch(clock);
    this.#attention = attention;
    const parts = { clock, logger, notes, state, random: () => 0.5 };
    const accessPoints = (['in', 'out'] as const).map((direction) => {
      const id = `main-${direction}`;
      const facts = { id, door: 'main', direction };
      const service = new ServiceSwitch({ accessPoint: facts, log: store.log, clock, state });
      const screening = new ScreeningStation({
        accessPoint: id,
        ...(options.thermometer === true && direction === 'in'
          ? { thermometer: this.sensors.thermometer }
          : {}),
        settings: SCREENING_SETTINGS,
        supervision: parts,
      });
      const lockOut = new ScanLockout({
        clock,
        rule: () => rules.level.lockOut,
        onBegin: (untilMs) => attention.lockedOut(id, clock.read().wallMs, untilMs),
        onEnd: (byItself) => attention.lockOutOver(id, byItself),
      });
      const board = new DecisionBoard(state);
      const screens = new AccessPointScreens({
        accessPoint: facts,
        simulated: true,
        clock,
        prompt: this.prompts,
        state,
        board,
        holders: store.holders,
      });
      return new AccessPoint({
        facts,
        times: {
          measureMs: 20_000,
          repeatAfterMs: 10_000,
          guardMs: 60_000,
          refusalMs: REFUSAL_MS,
          passageMs: PASSAGE_MS,
          releaseMs: 3_000,
        },
        recordDegrees: false,
        reader: this.sensors.readers[direction],
        screening,
        door: this.door,
        screens,
        board: new PassageBoard({ clock, board, attention, holders: store.holders }),
        evaluator: new PassageEvaluator({
          accessPoint: facts,
          service,
          site: SITE,
          gate: 'north',
          timeZone: TIME_ZONE,
          trust: () => inForce.trust,
          policy: () => rules.level,
          passMemory: store.passMemory,
          holders,
          lockOut,
          log: store.log,
          door: this.door,
          screening,
          clock,
          digestSalt: new Uint8Array(32),
        }),
        openGate: new OpenGate({
          way: new OpenLevel({
            accessPoint: facts,
            level: () => rules.level,
            door: this.door,
            notes,
            today: (reading) => holders.today(reading),
            logger,
          }),
          service,
          screens,
          greetMs: 3_000,
          clock,
        }),
        lockOut,
        service,
        onCounted: () => this.levels.publish(),
        notes,
        supervision: parts,
        clock,
        standstills: this.standstills,
        logger,
        newId: randomUUID,
      });
    });
    this.#accessPoints = accessPoints;
    const accessPoint = (id: string) => accessPoints.find((one) => one.id === id);
    const ruleOrders = new RuleOrders({
      levels: this.levels,
      orders,
      holders,
      clock,
      state,
      register: store.holders,
      gate: 'north',
      newId: randomUUID,
    });
    const visitorOrders = new VisitorOrders({
      book: visitors,
      clock,
      state,
      register: store.holders,
      gate: 'north',
      onHostConfirmed: (passId) => {
        for (const { orders } of accessPoints) orders.judgeAgain(passId);
      },
    });
    this.desk = new GuardOrders({
      accessPoint,
      door: (id) => (id === 'main' ? this.door : undefined),
      desk: () => ({ records, ruleOrders, visitorOrders, attention }),
    });
  }

  /** Stops in the order of the daemon and frees the folder. */
  async stop(): Promise<void> {
    for (const accessPoint of this.#accessPoints) await accessPoint.stop();
    await this.#dailyReport.stop();
    await this.lists.stop();
    this.sensors.forehead.powerOff();
    await this.levels.stop();
    await this.door.stop();
    await this.store.stop();
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settle();
  }

  /** Holds a pass, or any text, in front of the scanner. */
  present(direction: Direction, pass: Partial<PassClaims> | string): void {
    const text = typeof pass === 'string' ? pass : passText(pass);
    this.sensors.scanners[direction].present(text);
    // What is no pass may go on in another line.
    if (!isWholePass(text)) this.clock.advance(80);
  }

  /** Shows a pass, or any text, and says what was decided; undefined when nothing was written. */
  show(direction: Direction, pass: Partial<PassClaims> | string): Shown | undefined {
    const before = this.store.outbox.position().lastSequence;
    this.present(direction, pass);
    const decided = this.store.outbox
      .readAfter(before, 10)
      .find(({ name }) => name === 'access.granted' || name === 'access.denied');
    if (decided === undefined) return undefined;
    const { data } = JSON.parse(new TextDecoder().decode(decided.body));
    return { granted: decided.name === 'access.granted', data };
  }

  /** Shows a pass; whoever is let through walks. The gate is idle again afterwards. */
  async goes(direction: Direction, pass: Partial<PassClaims>): Promise<Shown | undefined> {
    const shown = this.show(direction, pass);
    if (shown?.granted === true) await this.walk();
    await this.pass(PASSAGE_MS + REFUSAL_MS);
    return shown;
  }

  /** Shows a pass and stays where one is: the passage is not taken. */
  async staysBack(direction: Direction, pass: Partial<PassClaims>): Promise<Shown | undefined> {
    const shown = this.show(direction, pass);
    await this.pass(4 * PASSAGE_MS);
    return shown;
  }

  async walk(): Promise<void> {
    await this.pass(500);
    this.contact.is('Open');
    await this.pass(1_000);
    this.contact.is('Closed');
    await this.pass(1_000);
  }

  /** Data of all events of a name, oldest first. */
  data<N extends EventName>(name: N): EventDataByName[N][] {
    return this.store.outbox
      .readAfter(0, 100_000)
      .filter((event) => event.name === name)
      .map(({ body }) => JSON.parse(new TextDecoder().decode(body)).data);
  }
}

export function passText(claims: Partial<PassClaims>): string {
  return signPass(sampleClaims(claims), testSigner('issuer'));
}

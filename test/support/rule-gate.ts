import { randomUUID } from 'node:crypto';
import type { Store } from '../../src/adapters/sqlite/store.ts';
import { AccessPoint } from '../../src/app/access-point.ts';
import { AccessPointScreens } from '../../src/app/access-point-screens.ts';
import { Attention } from '../../src/app/attention.ts';
import { DecisionBoard } from '../../src/app/decision-board.ts';
import { DeskRecords } from '../../src/app/desk-records.ts';
import { Door } from '../../src/app/door.ts';
import { EventNotes } from '../../src/app/event-notes.ts';
import { GuardOrders } from '../../src/app/guard-orders.ts';
import { HolderLookup } from '../../src/app/holder-lookup.ts';
import { LevelKeeper } from '../../src/app/level-keeper.ts';
import { OpenGate } from '../../src/app/open-gate.ts';
import { PassageCases } from '../../src/app/passage-cases.ts';
import { ReadLockOut } from '../../src/app/read-lock-out.ts';
import { RuleOrders } from '../../src/app/rule-orders.ts';
import { RulesInForce } from '../../src/app/rules-in-force.ts';
import { ScreeningStation } from '../../src/app/screening-station.ts';
import { VisitorOrders } from '../../src/app/visitor-orders.ts';
import type { Direction, DoorPhysicalState } from '../../src/core/access/vocabulary.ts';
import type { EventDataByName, EventName } from '../../src/core/events/event.ts';
import { signPass } from '../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../src/core/pass/pass.ts';
import { createTrust } from '../../src/core/pass/read-pass.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DoorActuator } from '../../src/ports/door-actuator.ts';
import type { DoorContact } from '../../src/ports/door-contact.ts';
import type { GuardFeed, GuardTopics } from '../../src/ports/guard-feed.ts';
import { NO_REVOCATIONS } from '../../src/ports/revocation-list.ts';
import { sampleClaims, testSigner, trustedKey } from './pass-samples.ts';
import { SilentLogger } from './silent-logger.ts';
import { openStore } from './store-folder.ts';
import { settle, type VirtualClock } from './virtual-clock.ts';

const NEVER = new AbortController().signal;
/** Longer than any waiting of a passage with a door that is walked through. */
const PASSAGE_MS = 10_000;
const REFUSAL_MS = 6_000;

const LINK: DeviceLink = { closed: new Promise(() => undefined), close: async () => undefined };

class Reader implements CodeReader {
  readonly driver = 'test';
  readonly simulated = true;
  #onEvent: ((event: CodeReaderEvent) => void) | undefined;

  async open(onEvent: (event: CodeReaderEvent) => void): Promise<DeviceLink> {
    this.#onEvent = onEvent;
    return LINK;
  }
  show(text: string, atMs: number): void {
    this.#onEvent?.({ type: 'code', text, atMs });
  }
}

class Actuator implements DoorActuator {
  readonly driver = 'test';
  readonly simulated = true;
  readonly pulses: number[] = [];
  #released = false;

  async start(): Promise<void> {
    this.#released = false;
  }
  async stop(): Promise<void> {
    this.#released = false;
  }
  pulse(holdMs: number): void {
    this.pulses.push(holdMs);
    this.#released = true;
  }
  hold(): void {
    this.#released = true;
  }
  rest(): void {
    this.#released = false;
  }
  isReleased(): boolean {
    return this.#released;
  }
}

class Contact implements DoorContact {
  readonly driver = 'test';
  readonly simulated = true;
  #onState: ((state: DoorPhysicalState) => void) | undefined;

  async open(onState: (state: DoorPhysicalState) => void): Promise<DeviceLink> {
    this.#onState = onState;
    onState('Closed');
    return LINK;
  }
  is(state: DoorPhysicalState): void {
    this.#onState?.(state);
  }
}

class Feed implements GuardFeed {
  readonly values = new Map<string, unknown>();

  publish(topic: string, value: unknown): void {
    this.values.set(topic, value);
  }
  get<T extends keyof GuardTopics & string>(topic: T): GuardTopics[T] | undefined {
    return this.values.get(topic) as GuardTopics[T] | undefined;
  }
}

/** What became of one showing of a pass. */
export interface Shown {
  readonly granted: boolean;
  readonly data: EventDataByName['access.granted'];
}

/** A whole gate with one door and two ways, on real SQLite and a clock that moves only by order. */
export class RuleGate {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly feed = new Feed();
  readonly actuator = new Actuator();
  readonly desk: GuardOrders;
  readonly door: Door;
  readonly levels: LevelKeeper;
  readonly logger = new SilentLogger();
  readonly #contact = new Contact();
  readonly #readers: Record<Direction, Reader> = { in: new Reader(), out: new Reader() };
  readonly #accessPoints: readonly AccessPoint[];

  /** Opens the gate over the store in `folder`; a second one over the same folder is the gate after a restart. */
  static async start(folder: string, clock: VirtualClock, policy: Policy): Promise<RuleGate> {
    const gate = new RuleGate(clock, await openStore(folder, { clock }), policy);
    await gate.door.start(NEVER);
    await settle();
    await gate.levels.start(NEVER);
    for (const accessPoint of gate.#accessPoints) await accessPoint.start(NEVER);
    await gate.pass(1_000);
    return gate;
  }

  private constructor(clock: VirtualClock, store: Store, policy: Policy) {
    this.clock = clock;
    this.store = store;
    const { feed, logger } = this;
    const notes = new EventNotes({ log: store.log, clock, logger });
    this.door = new Door({
      id: 'main',
      name: 'Main door',
      actuator: this.actuator,
      contact: this.#contact,
      clock,
      log: store.log,
      feed,
      logger,
      settings: { releaseMs: 3_000, heldOpenMs: 30_000 },
    });
    const rules = new RulesInForce(policy, store.policy);
    const { orders, visitors, holderState } = store;
    const holders = new HolderLookup({
      state: holderState,
      orders,
      revocations: NO_REVOCATIONS,
      timeZone: 'Asia/Shanghai',
    });
    const records = new DeskRecords({ notes, logger, gate: 'north' });
    this.levels = new LevelKeeper({
      rules,
      doors: () => [this.door],
      records,
      state: holderState,
      feed,
      logger,
      gate: 'north',
      onLevel: () => undefined,
    });
    const attention = new Attention(feed);
    const parts = { clock, logger, notes, feed, random: () => 0.5 };
    const accessPoints = (['in', 'out'] as const).map((direction) => {
      const id = `main-${direction}`;
      const facts = { id, door: 'main', direction, enabled: true };
      const screening = new ScreeningStation({ accessPoint: id, settings: SCREENING, parts });
      const lockOut = new ReadLockOut({
        clock,
        rule: () => rules.level.lockOut,
        onChange: () => undefined,
      });
      const screens = new AccessPointScreens({
        accessPoint: facts,
        simulated: true,
        clock,
        prompt: { show: () => undefined },
        feed,
        board: new DecisionBoard(feed),
        holders: store.holders,
        attention,
      });
      return new AccessPoint({
        facts,
        times: {
          debounceMs: 3_000,
          measureMs: 20_000,
          repeatAfterMs: 10_000,
          guardMs: 60_000,
          refusalMs: REFUSAL_MS,
          passageMs: PASSAGE_MS,
          releaseMs: 3_000,
        },
        recordDegrees: false,
        reader: this.#readers[direction],
        screening,
        door: this.door,
        screens,
        cases: new PassageCases({
          accessPoint: facts,
          site: 'c42',
          gate: 'north',
          timeZone: 'Asia/Shanghai',
          trust: () => TRUST,
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
          accessPoint: facts,
          level: () => rules.level,
          door: this.door,
          log: store.log,
          today: (reading) => holders.today(reading),
          screens,
          greetMs: 3_000,
          clock,
          logger,
        }),
        lockOut,
        onCounted: () => this.levels.publish(),
        notes,
        supervision: parts,
        clock,
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
      records,
      clock,
      feed,
      endLockOut: (id) => accessPoint(id)?.endLockOut(),
      newId: randomUUID,
    });
    const visitorOrders = new VisitorOrders({ book: visitors, records, clock, feed, gate: 'north' });
    this.desk = new GuardOrders({
      accessPoint,
      door: (id) => (id === 'main' ? this.door : undefined),
      rules: () => ruleOrders,
      visitors: () => visitorOrders,
    });
  }

  /** Stops in the order of the daemon and frees the folder. */
  async stop(): Promise<void> {
    for (const accessPoint of this.#accessPoints) await accessPoint.stop();
    await this.levels.stop();
    await this.door.stop();
    await this.store.stop();
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settle();
  }

  /** Shows a pass, or any text, and says what was decided; undefined when nothing was written. */
  show(direction: Direction, pass: Partial<PassClaims> | string): Shown | undefined {
    const before = this.store.outbox.position().lastSequence;
    const text = typeof pass === 'string' ? pass : passText(pass);
    this.#readers[direction].show(text, this.clock.read().monotonicMs);
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
    this.#contact.is('Open');
    await this.pass(1_000);
    this.#contact.is('Closed');
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

const TRUST = createTrust([trustedKey()]);

const SCREENING = {
  thresholdC: 37.3,
  estimate: 'object',
  offsetC: 0,
  ambientMinC: 16,
  ambientMaxC: 35,
  unknownAmbient: 'refuse',
  skinMinC: 35,
  skinMaxC: 43,
  coldWaitMs: 300_000,
  repeatAfterMs: 10_000,
  record: 'class',
} as const;

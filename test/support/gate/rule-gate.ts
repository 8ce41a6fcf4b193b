import { randomUUID } from 'node:crypto';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { ThreadVerifier } from '../../../src/adapters/crypto/thread-verifier.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { Gate } from '../../../src/app/gate/gate.ts';
import type { GatePorts, GateSettings } from '../../../src/app/gate/gate-ports.ts';
import { showToGuards } from '../../../src/app/state/guard-screens.ts';
import { PresentState } from '../../../src/app/state/present-state.ts';
import type { Direction } from '../../../src/core/access/vocabulary.ts';
import type { EventDataByName, EventName } from '../../../src/core/events/event.ts';
import { type Signer, signPass } from '../../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../../src/core/pass/pass.ts';
import type { Policy } from '../../../src/core/policy/policy.ts';
import { isWholePass } from '../../../src/core/scan/pass-form.ts';
import type { Broker } from '../../../src/ports/broker.ts';
import type { BundleIntake } from '../../../src/ports/bundles.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { DayDesk } from '../../../src/ports/day-desk.ts';
import type { DeskPasses } from '../../../src/ports/desk-passes.ts';
import type { EventLog, LogRehearsal } from '../../../src/ports/event-log.ts';
import type { DoorView } from '../../../src/ports/gate-state.ts';
import type { GuardDesk } from '../../../src/ports/guard-desk.ts';
import type { RegisterLooks } from '../../../src/ports/holder-register.ts';
import type { MusterDesk } from '../../../src/ports/muster-book.ts';
import type { Notifier } from '../../../src/ports/notifier.ts';
import type { HistoryDesk } from '../../../src/ports/passage-history.ts';
import type { RegisterDesk } from '../../../src/ports/register-desk.ts';
import type { AssistDesk, SelfServiceDesk } from '../../../src/ports/resident-prompt.ts';
import type { TalkDesk } from '../../../src/ports/talk.ts';
import { ScriptedStandstills } from '../clock/scripted-standstills.ts';
import { settle, type VirtualClock } from '../clock/virtual-clock.ts';
import { SilentLogger } from '../silent-logger.ts';
import { openStore } from '../store/store-folder.ts';
import { ROOT } from './bundle-samples.ts';
import { sampleClaims, testSigner, trustedKey } from './pass-samples.ts';
import { COUNT_DAYS, KEPT } from './retention-settings.ts';
import { Actuator, Contact, Feed, Prompts, ScriptedSensors } from './rule-gate-devices.ts';
import { CONTACT_SETTINGS, SCREENING_SETTINGS } from './screening-settings.ts';

const NEVER = new AbortController().signal;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Longer than any wait in a passage through a door. */
const PASSAGE_MS = 10_000;
const REFUSAL_MS = 6_000;
export const SITE = 'c42';
export const TIME_ZONE = 'Asia/Shanghai';
/** There is no service manager for the process of a test. */
const NOBODY: Notifier = {
  watchdogIntervalMs: undefined,
  ready: async () => undefined,
  status: async () => undefined,
  watchdog: async () => undefined,
  stopping: async () => undefined,
};

export interface RuleGateOptions {
  /** A store that is started already; by default one that ends with the test. */
  readonly store?: Store;
  /** Whether the way in has a thermometer. */
  readonly thermometer?: boolean;
  /** Whether people come in through a second door, too (`side`). */
  readonly sideLane?: boolean;
  /** Default: guard. */
  readonly untrustedRecords?: GateSettings['untrustedRecords'];
  /** The broker, and the servers behind it that send receipts. */
  readonly broker?: Broker;
  readonly servers?: readonly string[];
  /** Starts the process again. */
  readonly restart?: () => void;
  /** Whom the notifier of the site tells; by default nobody. */
  readonly push?: GatePorts['push'];
  /** Default: Home Assistant is told nothing. */
  readonly homeAssistant?: NonNullable<GateSettings['homeAssistant']>;
  /** Whether people can ask at the gate about their data. */
  readonly selfService?: boolean;
  /** How long a request waits, in milliseconds; by default 30 days. */
  readonly requestMs?: number;
  /** By default those of the config. */
  readonly retention?: Partial<GateSettings['retention']>;
  /** The key with which the desk makes passes for visitors. Default: it makes none. */
  readonly visitorKey?: () => Signer;
  /** Default: one signature, and no guard ends a lockdown of the site. */
  readonly siteOrders?: Partial<GateSettings['siteOrders']>;
  /** Default: made at a fire, ticked at every reader, kept for a day. */
  readonly muster?: Partial<GateSettings['muster']>;
  /** Dry runs of a passage before the gate is ready; by default none. */
  readonly rehearsal?: (log: LogRehearsal) => LogRehearsal;
  /** How often it looks at clock and log, in milliseconds; seldom when left out, because tests run over weeks. */
  readonly lookEveryMs?: number;
}

/** The result of one showing of a pass. */
interface Shown {
  readonly granted: boolean;
  readonly data: EventDataByName['access.granted'];
}

/**
 * The gate of the product, with one door and two access points, on simulated devices, real SQLite and a virtual clock.
 */
export class RuleGate {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly state = new PresentState();
  readonly feed = new Feed();
  readonly actuator = new Actuator();
  readonly logger = new SilentLogger();
  readonly prompts = new Prompts();
  readonly sensors: ScriptedSensors;
  readonly contact = new Contact();
  /** The door of the second lane. */
  readonly side = { actuator: new Actuator(), contact: new Contact() };
  /** The further inputs of the door: `Open` means pressed, opened, alarm. */
  readonly inputs = {
    exitButton: new Contact(),
    callButton: new Contact(),
    tamper: new Contact(),
    fire: new Contact(),
  };
  readonly standstills = new ScriptedStandstills();
  readonly #isMeasuring: boolean;
  readonly #gate: Gate;

  /** Starts the gate with the store in `folder`; a second one with the same folder is the gate after a restart. */
  static async start(
    folder: string,
    clock: VirtualClock,
    policy: Policy,
    options: RuleGateOptions = {},
  ): Promise<RuleGate> {
    const gate = new RuleGate(clock, options.store ?? (await openStore(folder, { clock })), policy, options);
    if (options.thermometer === true) gate.sensors.forehead.powerOn();
    await gate.#gate.start(NEVER);
    await settle();
    await gate.pass(1_000);
    return gate;
  }

  private constructor(clock: VirtualClock, store: Store, policy: Policy, options: RuleGateOptions) {
    this.clock = clock;
    this.store = store;
    this.#isMeasuring = options.thermometer === true;
    this.sensors = new ScriptedSensors(clock);
    const { state, logger, standstills, sensors, actuator, contact, inputs, side } = this;
    const hasSide = options.sideLane === true;
    showToGuards(state, this.feed);
    state.prompts.follow((view) => this.prompts.show(view));
    const thermometer = options.thermometer === true ? { thermometer: sensors.thermometer } : {};
    const doors = new Map<string, { actuator: Actuator; contact: Contact; inputs?: typeof inputs }>();
    doors.set('main', { actuator, contact, inputs });
    if (hasSide) doors.set('side', side);
    this.#gate = new Gate(
      {
        clock,
        standstills,
        logger,
        state,
        store,
        notifier: NOBODY,
        push: options.push,
        doors,
        accessPoints: new Map([
          ['main-in', { reader: sensors.readers.in, ...thermometer }],
          ['main-out', { reader: sensors.readers.out }],
          ...(hasSide ? ([['side-in', { reader: sensors.side.reader }]] as const) : []),
        ]),
        bundleTools: {
          site: SITE,
          rootKey: ROOT.publicKey,
          verifier: new ThreadVerifier(),
          judgePolicy: () => undefined,
          clock: onRealTurns(clock),
        },
        readPolicy: (json) => JSON.parse(json),
        gateKey: () => testSigner('phone'),
        ...(options.visitorKey && { visitorKey: options.visitorKey }),
        random: () => 0.5,
        newId: randomUUID,
        digestSalt: new Uint8Array(32),
        ...(options.rehearsal && { rehearsal: options.rehearsal(store.log) }),
        ...(options.restart === undefined ? {} : { restart: options.restart }),
        ...(options.broker === undefined ? {} : { broker: { broker: options.broker, protocol: '5' } }),
      },
      settingsOf(policy, options),
    );
  }

  get desk(): GuardDesk {
    return this.#gate.desk;
  }

  get history(): HistoryDesk {
    return this.#gate.history;
  }

  get deskPasses(): DeskPasses {
    return this.#gate.deskPasses;
  }

  /** Looks of guards into the register of holders. */
  get registerLooks(): RegisterLooks {
    return this.#gate.registerLooks;
  }

  get registers(): RegisterDesk {
    return this.#gate.registers;
  }

  get selfService(): SelfServiceDesk {
    return this.#gate.selfService;
  }

  get assist(): AssistDesk {
    return this.#gate.assist;
  }

  get talk(): TalkDesk {
    return this.#gate.talk;
  }

  /** The log with its limits. */
  get log(): EventLog {
    return this.#gate.log;
  }

  get days(): DayDesk {
    return this.#gate.days;
  }

  get muster(): MusterDesk {
    return this.#gate.muster;
  }

  get lists(): BundleIntake {
    return this.#gate.lists;
  }

  get door(): DoorView {
    const [door] = this.state.doors.values;
    if (door === undefined) throw new Error('The door has told nothing.');
    return door;
  }

  /** Stops the gate and frees the folder. */
  async stop(): Promise<void> {
    await this.#gate.stop();
    this.sensors.forehead.powerOff();
    await this.store.stop();
  }

  /**
   * Lets time pass. Days go by in leaps where no thermometer talks: what looks at something every minute then looks in one
   * minute of each hour.
   */
  async pass(ms: number): Promise<void> {
    let left = ms;
    for (; left > 2 * HOUR_MS && !this.#isMeasuring; left -= HOUR_MS) {
      this.clock.holdUp(HOUR_MS - MINUTE_MS);
      this.clock.advance(MINUTE_MS);
    }
    this.clock.advance(left);
    await settle();
  }

  /** Shows a pass, or any text, to the scanner. */
  present(direction: Direction, pass: Partial<PassClaims> | string): void {
    const text = typeof pass === 'string' ? pass : passText(pass);
    this.sensors.scanners[direction].present(text);
    // A text that is not a pass may continue in another line, so the reader waits.
    if (!isWholePass(text)) this.clock.advance(80);
  }

  /** Shows a pass, or any text, and returns the decision; undefined if nothing was recorded. */
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

  /** Shows a pass and walks through if let through. The gate is idle again afterwards. */
  async goes(direction: Direction, pass: Partial<PassClaims>): Promise<Shown | undefined> {
    const shown = this.show(direction, pass);
    if (shown?.granted === true) await this.walk();
    await this.pass(PASSAGE_MS + REFUSAL_MS);
    return shown;
  }

  /** Shows a pass and does not walk through: the passage is not taken. */
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

function settingsOf(
  policy: Policy,
  {
    lookEveryMs = 3_600_000,
    untrustedRecords = 'guard',
    servers = [],
    selfService = false,
    requestMs = 30 * DAY_MS,
    siteOrders = {},
    retention = {},
    homeAssistant,
    sideLane = false,
    muster = {},
  }: RuleGateOptions,
): GateSettings {
  const ways = (['in', 'out'] as const).map((direction) => ({ id: `main-${direction}`, direction }));
  const door = {
    name: 'Main door',
    releaseMs: 3_000,
    heldOpenMs: 30_000,
    passageMs: PASSAGE_MS,
  };
  const doors = new Map<string, typeof door & { callsFrom?: string }>();
  doors.set('main', { ...door, callsFrom: 'main-in' });
  if (sideLane) doors.set('side', door);
  return {
    site: {
      site: SITE,
      gate: 'north',
      name: 'Court 42, north',
      timeZone: TIME_ZONE,
      software: '0.1.0',
      simulated: true,
      recordsDegrees: false,
      contactReading: CONTACT_SETTINGS,
      elevatedSheet: { steps: [], calls: [{ telephone: '021 5550 1234' }] },
    },
    assist: { answerMs: 30_000, talk: true },
    configDigest: '0'.repeat(64),
    policy,
    screening: SCREENING_SETTINGS,
    contactReading: CONTACT_SETTINGS,
    doors,
    accessPoints: [
      ...ways.map((way) => ({ ...way, door: 'main' })),
      ...(sideLane ? ([{ id: 'side-in', direction: 'in', door: 'side' }] as const) : []),
    ],
    lists: { configured: [trustedKey()], graceSeconds: 3600, required: [] },
    retention: { ...KEPT, countDays: COUNT_DAYS, ...retention },
    backups: { warnAfterDays: undefined },
    privacy: { selfService, requestMs },
    uplink: { servers, lateAfterMs: DAY_MS, replayPerSecond: 100 },
    muster: { atFire: true, keptMs: DAY_MS, ...muster },
    deskPassMs: 12 * 3_600_000,
    siteOrders: { fourEyes: false, guardMayEndLockdown: false, ...siteOrders },
    ...(homeAssistant === undefined ? {} : { homeAssistant }),
    lookEveryMs,
    untrustedRecords,
  };
}

const DAY_MS = 86_400_000;

/** A clock for the check of lists, which needs real turns of the event loop while the virtual time stands still. */
function onRealTurns(clock: VirtualClock): Clock {
  const system = new SystemClock();
  return { read: () => clock.read(), schedule: (delayMs, run) => system.schedule(delayMs, run) };
}

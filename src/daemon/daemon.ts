import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ClockFloorKeeper } from '../adapters/clock/floor-keeper.ts';
import { KernelWatch } from '../adapters/clock/kernel-watch.ts';
import { StandstillWatch } from '../adapters/clock/standstill-watch.ts';
import { SystemClock } from '../adapters/clock/system-clock.ts';
import { ScryptHasher } from '../adapters/crypto/scrypt-hasher.ts';
import { Store } from '../adapters/sqlite/store.ts';
import { troubleOf } from '../adapters/sqlite/store-errors.ts';
import { SystemdNotifier } from '../adapters/systemd/notifier.ts';
import { writeOutputsFile } from '../adapters/systemd/outputs-file.ts';
import type { WebAddress } from '../adapters/web/options.ts';
import { WebServer } from '../adapters/web/server.ts';
import { Attention } from '../app/board/attention.ts';
import { DecisionBoard } from '../app/board/decision-board.ts';
import { GuardOrders } from '../app/desk/guard-orders.ts';
import { RetryingStart } from '../app/devices/retrying-start.ts';
import type { DoorSignals } from '../app/door/door-signals.ts';
import { LocksAtRest } from '../app/door/locks-at-rest.ts';
import { DeskRecords } from '../app/log/desk-records.ts';
import { EventWriter } from '../app/log/event-writer.ts';
import { OperatorAccounts } from '../app/operators/operator-accounts.ts';
import type { AccessPoint } from '../app/passage/access-point.ts';
import { Announcer } from '../app/site/announcer.ts';
import { ClockWatch } from '../app/site/clock-watch.ts';
import { DailyReport } from '../app/site/daily-report.ts';
import { Watchdog } from '../app/site/watchdog.ts';
import { showToGuards } from '../app/state/guard-screens.ts';
import { PresentState } from '../app/state/present-state.ts';
import { stateWithoutPersons } from '../app/state/state-dump.ts';
import { StatePublisher } from '../app/uplink/state-publisher.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { siteWords } from '../config/site-words.ts';
import { trustedKeysOf } from '../config/trusted-keys.ts';
import { type AssembledDemo, makeDemo } from '../demo/assemble.ts';
import { MovedClock } from '../demo/moved-clock.ts';
import { SimulatedWorld } from '../demo/simulated-devices.ts';
import type { DemoGuard } from '../ports/demo-panel.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import type { Logger } from '../ports/logger.ts';
import { latestBelievableMs, packageRoot, softwareVersion } from '../version.ts';
import { assembleAccessPoints } from './access-points.ts';
import { AwaitStore, showOutOfOrder } from './await-store.ts';
import type { DaemonContext } from './context.ts';
import { assembleInputs } from './door-inputs.ts';
import { type AssembledDoor, assembleDoors } from './doors.ts';
import { type AssembledLists, assembleLists } from './lists.ts';
import { type AssembledLog, assembleLog, beganOnPurpose } from './log.ts';
import { type AssembledRules, assembleRules } from './rules.ts';
import { isSimulated, languages, siteFacts } from './settings.ts';
import { assembleSignals } from './signals.ts';
import { type NamedPart, named, StartOrder } from './start-order.ts';
import { type AssembledUplink, assembleUplink } from './uplink.ts';

interface DaemonOptions {
  readonly loaded: LoadedConfig;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Shows the code that the first visitor of the guard's screen is asked for. */
  readonly onSetUpCode: (code: string) => void;
  /** Whether a port that is taken ends the start (somebody watches it) or is tried again (nobody does). */
  readonly webMustStart: boolean;
  /** With whose account the demo's panel signs its visitor in. */
  readonly demoGuard?: DemoGuard;
}

/**
 * The composition root: builds every object from the config and gives each what it needs. Nothing happens before
 * start(). The locks are put to rest before anything else is looked at, and once more when everything has stopped.
 */
export class Daemon implements Lifecycle {
  readonly #options: DaemonOptions;
  readonly #standstills = new StandstillWatch();
  readonly #deps: DaemonContext;
  readonly #web: WebServer;
  readonly #operators: OperatorAccounts;
  readonly #doors: ReadonlyMap<string, AssembledDoor>;
  readonly #accessPoints: ReadonlyMap<string, AccessPoint>;
  readonly #lists: AssembledLists;
  readonly #rules: AssembledRules;
  readonly #board: DecisionBoard;
  readonly #log: AssembledLog;
  readonly #uplink: AssembledUplink | undefined;
  readonly #demo: AssembledDemo | undefined;
  readonly #systemClock: SystemClock;
  readonly #locks: LocksAtRest;
  readonly #signals: DoorSignals;
  readonly #order: StartOrder;

  constructor(options: DaemonOptions) {
    this.#options = options;
    const { logger } = options;
    const { config } = options.loaded;
    const { site, gate } = config;
    const { monotonicMs } = this.#standstills;
    const state = new PresentState();
    const system = new SystemClock({
      trusted: site.clock === 'trust',
      latestMs: latestBelievableMs(),
      monotonicMs,
    });
    const moved = config.demo.panel ? new MovedClock(system) : undefined;
    const clock = moved ?? system;
    const store = new Store({ folder: config.store.folder, site: site.id, gate: gate.id, clock, logger });
    const world = new SimulatedWorld();
    this.#demo = moved && makeDemo({ config, clock: moved, world, guard: options.demoGuard });
    this.#systemClock = system;
    this.#operators = new OperatorAccounts({
      store: store.operators,
      browsers: store.browsers,
      hasher: new ScryptHasher(),
      log: store.log,
      clock: system,
      logger,
      gate: gate.id,
      siteWords: siteWords(config),
      randomBytes,
      maySetUp: () => beganOnPurpose(store.log),
      onSetUpCode: options.onSetUpCode,
    });
    const notes = new EventWriter({ log: store.log, clock, logger });
    const records = new DeskRecords({ notes, logger });
    const attention = new Attention({ state, keeping: { book: store.attention, logger } });
    attention.watch(clock);
    this.#signals = assembleSignals({ config, clock, logger, state });
    const standstills = this.#standstills;
    this.#deps = {
      config,
      clock,
      standstills,
      logger,
      store,
      notes,
      state,
      records,
      attention,
      world,
      random: Math.random,
    };
    this.#web = this.#assembleWeb(system, store);
    showToGuards(state, this.#web.guardFeed);
    this.#log = assembleLog(this.#deps);
    this.#doors = assembleDoors(this.#deps);
    this.#board = new DecisionBoard(state);
    this.#lists = assembleLists(this.#deps, {
      configured: [...trustedKeysOf(config), ...(this.#demo === undefined ? [] : [this.#demo.issuer])],
      onPolicy: (policy) => this.#rules.levels.replace(policy),
    });
    this.#rules = assembleRules(this.#deps, {
      doors: this.#doors,
      orders: this.#lists.orders,
      revocations: this.#lists.revocations,
      register: this.#lists.holders,
      showLists: this.#lists.show,
      onHostConfirmed: (passId) => {
        for (const { orders } of this.#accessPoints.values()) orders.judgeAgain(passId);
      },
    });
    this.#accessPoints = assembleAccessPoints(this.#deps, {
      doors: this.#doors,
      prompt: this.#web.residentPrompt,
      guardPresence: this.#web.guardPresence,
      board: this.#board,
      holders: this.#lists.holders,
      trust: () => this.#lists.inForce.trust,
      rules: this.#rules,
    });
    this.#uplink = assembleUplink(this.#deps, `gatepost ${softwareVersion()}`, {
      onConnected: (connection) => this.#lists.subscription.attach(connection),
      onMessage: (topic, payload, retained) => this.#demo?.messages.add(topic, payload, retained),
      onRemembered: (payload) => this.#log.remembered(payload),
    });
    this.#locks = new LocksAtRest({
      doors: this.#doors,
      list: (lines) =>
        writeOutputsFile(join(options.env.RUNTIME_DIRECTORY ?? config.store.folder, 'outputs'), lines),
      logger,
    });
    this.#order = new StartOrder([...this.#partsInOrder()], logger);
  }

  /** Where the screens are served, once they are. */
  get webAddress(): WebAddress | undefined {
    return this.#web.address();
  }

  get brokerAddress(): string | undefined {
    return this.#uplink?.address;
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#order.start(signal);
  }

  async stop(): Promise<void> {
    await this.#order.stop();
  }

  /** After an uncaught error: every output to its rest level, at once and without asking anything else. */
  restNow(): void {
    for (const { actuator } of this.#doors.values()) {
      try {
        actuator.rest();
      } catch (error) {
        this.#options.logger.error({ err: error }, 'An output could not be put to rest.');
      }
    }
  }

  /** What the gate is at this moment, without persons, as one line of the log. */
  writeState(): void {
    this.#options.logger.info(
      { state: stateWithoutPersons(this.#deps.state) },
      'The present state of the gate.',
    );
  }

  *#partsInOrder(): Generator<NamedPart> {
    const { config, clock, logger, notes, state, store, world, random } = this.#deps;
    const { env, webMustStart } = this.#options;
    const patient = (name: string, part: Lifecycle, tolerated: 'gpio.unavailable' | 'web.unavailable') =>
      named(name, new RetryingStart({ name, part, tolerated: [tolerated], clock, random, logger }));
    const notifier = new SystemdNotifier({ env, logger });

    const screens = webMustStart ? this.#web : patient('screens', this.#web, 'web.unavailable');
    yield named('locks', this.#locks);
    yield named('standstills', this.#standstills);
    yield named('log', this.#awaitStore(notifier, screens));
    yield named('kernel clock', new KernelWatch({ clock: this.#systemClock }));
    yield named(
      'clock floor',
      new ClockFloorKeeper({ clock: this.#systemClock, floor: store.clockFloor, logger }),
    );
    if (this.#uplink?.embedded !== undefined) yield named('embedded broker', this.#uplink.embedded);
    yield named('screens', screens);
    yield named('simulated devices', {
      start: async () => {
        world.powerOn();
        this.#demo?.panel.begin();
      },
      stop: async () => {
        this.#demo?.panel.end();
        world.powerOff();
      },
    });
    for (const [id, { door }] of this.#doors) yield patient(`door ${id}`, door, 'gpio.unavailable');
    const register = this.#lists.holders;
    const around = { doors: this.#doors, board: this.#board, register, rules: this.#rules };
    for (const input of assembleInputs(this.#deps, around)) yield named('door input', input);
    yield named('lamps and buzzers', this.#signals);
    yield named('place', this.#place());
    yield this.#rules.part;
    yield named('daily report', this.#dailyReport());
    yield* this.#lists.parts;
    if (this.#uplink !== undefined) {
      const { pump } = this.#uplink;
      yield named('states for the servers', new StatePublisher({ state, sink: pump }));
      yield named('uplink', pump);
    }
    yield named('boards', this.#boards());
    yield named('announcer', this.#announcer(notifier));
    yield named('clock watch', new ClockWatch({ clock, notes, state, gate: config.gate.id }));
    yield named('log watch', this.#log.watch);
    for (const [id, accessPoint] of this.#accessPoints) yield named(`access point ${id}`, accessPoint);
    yield named(
      'watchdog',
      new Watchdog({
        clock,
        notifier,
        log: store.log,
        parts: [...this.#doors].map(([id, { door }]) => ({
          name: `The lock of ${id}`,
          isWell: () => door.isWell(),
        })),
        logger,
      }),
    );
    yield named('operators', this.#operators);
  }

  #awaitStore(notifier: SystemdNotifier, screens: Lifecycle): AwaitStore {
    const { config, clock, logger, store, state } = this.#deps;
    const { standIn, embedded } = this.#uplink ?? {};
    const meanwhile = [embedded ?? [], standIn ?? [], screens].flat();
    return new AwaitStore({
      store,
      file: store.path,
      before: () => this.#locks.list(),
      troubleOf: (error) => troubleOf(store.path, error),
      meanwhile,
      only: [standIn ?? []].flat(),
      web: () => this.webAddress?.url,
      show: showOutOfOrder({ config, web: this.#web, state, standIn }),
      notifier,
      clock,
      logger,
    });
  }

  /** What is known of the place before anything happens at it. */
  #place(): Lifecycle {
    const { config, state } = this.#deps;
    return {
      start: async () => {
        for (const { service } of this.#accessPoints.values()) service.restore();
        state.site.set(siteFacts(config, softwareVersion()));
        if (config.mqtt === undefined) state.queue.set({ pending: 0, connected: false });
      },
      stop: async () => undefined,
    };
  }

  /** What nobody has looked at yet is not forgotten with a restart. */
  #boards(): Lifecycle {
    const { store, attention } = this.#deps;
    return {
      start: async () => {
        this.#board.restore(store.log, store.holders);
        attention.restore(store.log);
      },
      stop: async () => undefined,
    };
  }

  #announcer(notifier: SystemdNotifier): Announcer {
    const { config, notes, state, store } = this.#deps;
    return new Announcer(
      { notes, state, notifier, store },
      {
        gate: config.gate.id,
        status: `${config.site.name}, ${config.gate.name}: ready`,
        software: softwareVersion(),
        configDigest: this.#options.loaded.digest,
      },
    );
  }

  #dailyReport(): DailyReport {
    const { config, clock, logger, notes, store } = this.#deps;
    return new DailyReport({
      counts: store.dayCounts,
      notes,
      clock,
      logger,
      gate: config.gate.id,
      timeZone: config.site.timeZone,
    });
  }

  #assembleWeb(clock: SystemClock, store: Store): WebServer {
    const { loaded, logger } = this.#options;
    const { config } = loaded;
    return new WebServer({
      host: config.web.host,
      port: config.web.port,
      allowedOrigins: config.web.origins,
      screensFolder: join(packageRoot(), 'dist/screens'),
      deskForGuard: new GuardOrders({
        accessPoint: (id) => this.#accessPoints.get(id),
        door: (id) => this.#doors.get(id)?.door,
        desk: () => ({ ...this.#deps, ...this.#rules }),
      }),
      operators: this.#operators,
      sessions: store.sessions,
      standstills: this.#standstills,
      isFire: () => [...this.#doors.values()].some(({ door }) => door.isFire),
      cookieScope: `${config.site.id}_${config.gate.id}`,
      photos: store.holders,
      holderSearch: store.holders,
      demo: this.#demo?.panel,
      prompt: {
        accessPoints: Object.entries(config.accessPoints).map(([id, { direction, door }]) => ({
          id,
          direction,
          door,
        })),
        language: config.language,
        languages: languages(config),
        timeZone: config.site.timeZone,
        simulated: isSimulated(config),
        ...(config.site.office === undefined ? {} : { office: config.site.office }),
      },
      clock,
      logger,
    });
  }
}

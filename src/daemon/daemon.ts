import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ClockFloorKeeper } from '../adapters/clock/floor-keeper.ts';
import { KernelWatch } from '../adapters/clock/kernel-watch.ts';
import { StandstillWatch } from '../adapters/clock/standstill-watch.ts';
import { SystemClock } from '../adapters/clock/system-clock.ts';
import { EraseCommand } from '../adapters/commands/erase-command.ts';
import { KeyedSecretBox } from '../adapters/crypto/keyed-secret-box.ts';
import { TotpCodes } from '../adapters/crypto/one-time-codes.ts';
import { ScryptHasher } from '../adapters/crypto/scrypt-hasher.ts';
import { WebAuthn } from '../adapters/crypto/web-authn.ts';
import { codeKey, gateSigner, visitorSigner } from '../adapters/files/kept-key.ts';
import type { MetricsServer } from '../adapters/prometheus/metrics-server.ts';
import { Store } from '../adapters/sqlite/store.ts';
import { troubleOf } from '../adapters/sqlite/store-errors.ts';
import { SystemdNotifier } from '../adapters/systemd/notifier.ts';
import { writeOutputsFile } from '../adapters/systemd/outputs-file.ts';
import { readAuthority } from '../adapters/tls/own-files.ts';
import { WebServer } from '../adapters/web/server.ts';
import type { WebAddress } from '../adapters/web/server-deps.ts';
import { beganOnPurpose } from '../app/board/log-watch.ts';
import type { Upkeep } from '../app/desk/upkeep.ts';
import { RetryingStart } from '../app/devices/retrying-start.ts';
import { LocksAtRest } from '../app/door/locks-at-rest.ts';
import { Gate } from '../app/gate/gate.ts';
import { OperatorAccounts } from '../app/operators/operator-accounts.ts';
import type { HttpsWatch } from '../app/site/https-watch.ts';
import { type NamedPart, named, StartOrder } from '../app/site/start-order.ts';
import { StoreCheck } from '../app/site/store-check.ts';
import { showToGuards } from '../app/state/guard-screens.ts';
import { PresentState } from '../app/state/present-state.ts';
import { stateWithoutPersons } from '../app/state/state-dump.ts';
import { mayTalk } from '../config/conflicts.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { policyOfBundle } from '../config/policy-bundle.ts';
import { siteWords } from '../config/site-words.ts';
import { trustedKeysOf } from '../config/trusted-keys.ts';
import { type AssembledDemo, makeDemo } from '../demo/assemble.ts';
import { MovedClock } from '../demo/moved-clock.ts';
import { SimulatedWorld } from '../demo/simulated-devices.ts';
import type { Clock } from '../ports/clock.ts';
import type { DemoGuard } from '../ports/demo-panel.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import type { Logger } from '../ports/logger.ts';
import type { Notifier } from '../ports/notifier.ts';
import { latestBelievableMs, packageRoot, softwareVersion } from '../version.ts';
import { assembleAccessPoints } from './access-points.ts';
import { AwaitStore, showOutOfOrder } from './await-store.ts';
import { bundleTools } from './bundle-tools.ts';
import { assembleDoors, type DeviceDoor } from './doors.ts';
import { assembleHttps, makesOwn, secureSettings } from './https.ts';
import { assembleInboxes } from './inboxes.ts';
import { assembleMetrics } from './metrics.ts';
import { assemblePrinter } from './printer.ts';
import { assemblePush } from './push.ts';
import { gateSettings, isSimulated, languages, noticeSettings, spokenBy } from './settings.ts';
import { assembleUpkeep } from './upkeep.ts';
import { type AssembledBroker, assembleBroker, makeStandIn } from './uplink.ts';

const DIGEST_SALT_BYTES = 32;

interface DaemonDeps {
  readonly loaded: LoadedConfig;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Shows the set-up code that creates the first account at the guard's screen. */
  readonly onSetUpCode: (code: string) => void;
  /** True: a port that is in use ends the start, because a person watches it. False: it is tried again. */
  readonly webMustStart: boolean;
  /** Ends the program in order, because the centre has it restarted; without it no command can. */
  readonly onRestart?: () => void;
  /** The account with which the demo panel signs its visitor in. */
  readonly demoGuard?: DemoGuard;
}

/**
 * The composition root: builds every object from the config and connects them. Nothing happens before start(). The
 * locks are put to rest before all other work, and again when everything has stopped.
 */
export class Daemon implements Lifecycle {
  readonly #deps: DaemonDeps;
  readonly #state = new PresentState();
  readonly #world = new SimulatedWorld();
  readonly #standstills = new StandstillWatch();
  readonly #systemClock: SystemClock;
  /** The clock of the demo can be moved. */
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #notifier: Notifier;
  readonly #doors: ReadonlyMap<string, DeviceDoor>;
  readonly #locks: LocksAtRest;
  readonly #broker: AssembledBroker | undefined;
  readonly #demo: AssembledDemo | undefined;
  readonly #gate: Gate;
  readonly #operators: OperatorAccounts;
  readonly #upkeep: Upkeep;
  readonly #web: WebServer;
  readonly #https: HttpsWatch | undefined;
  readonly #metrics: MetricsServer | undefined;
  readonly #order: StartOrder;

  constructor(deps: DaemonDeps) {
    this.#deps = deps;
    const { logger, env, loaded } = deps;
    const { config } = loaded;
    const { site, gate } = config;
    const { monotonicMs } = this.#standstills;
    const trusted = site.clock === 'trust';
    this.#systemClock = new SystemClock({ trusted, latestMs: latestBelievableMs(), monotonicMs });
    const moved = config.demo.panel ? new MovedClock(this.#systemClock) : undefined;
    const clock = moved ?? this.#systemClock;
    this.#clock = clock;
    this.#store = new Store({
      folder: config.store.folder,
      site: site.id,
      gate: gate.id,
      clock,
      logger,
      onWrite: (tookMs) => this.#metrics?.wrote(tookMs),
    });
    this.#notifier = new SystemdNotifier({ env, logger });
    const world = this.#world;
    this.#demo = moved && makeDemo({ config, clock: moved, world, guard: deps.demoGuard });
    this.#doors = assembleDoors({ config, clock, world });
    this.#locks = new LocksAtRest({
      doors: this.#doors,
      list: (lines) => writeOutputsFile(join(env.RUNTIME_DIRECTORY ?? config.store.folder, 'outputs'), lines),
      logger,
    });
    this.#broker = assembleBroker(config, (topic, payload, retained) =>
      this.#demo?.messages.add(topic, payload, retained),
    );
    this.#gate = this.#makeGate();
    this.#operators = new OperatorAccounts({
      store: this.#store.operators,
      browsers: this.#store.browsers,
      hasher: new ScryptHasher(),
      codes: {
        store: this.#store.operators.codes,
        arithmetic: new TotpCodes(`${config.site.name}, ${gate.name}`),
        box: new KeyedSecretBox((make) => codeKey(config.store.folder, make)),
      },
      passkeys: {
        store: this.#store.operators.passkeys,
        ceremonies: new WebAuthn(`${config.site.name}, ${gate.name}`),
      },
      log: this.#gate.log,
      clock: this.#systemClock,
      logger,
      gate: gate.id,
      siteWords: siteWords(config),
      randomBytes,
      maySetUp: () => beganOnPurpose(this.#store.log),
      onGuessing: () => this.#gate.passwordsGuessed(),
      onSetUpCode: deps.onSetUpCode,
    });
    this.#upkeep = assembleUpkeep(loaded, {
      ...{ store: this.#store, log: this.#gate.log, clock, logger },
      command: ownCommand(),
    });
    this.#web = this.#makeWeb();
    this.#https = assembleHttps(loaded, {
      command: ownCommand(),
      screens: this.#web,
      clock: this.#systemClock,
      state: this.#state,
      logger,
    });
    this.#metrics = assembleMetrics(config, { store: this.#store, state: this.#state, clock, logger });
    this.#showOnScreens();
    this.#order = new StartOrder([...this.#depsInOrder()], logger);
  }

  /** Where the screens are served, once they are. */
  get webAddress(): WebAddress | undefined {
    return this.#web.address();
  }

  get brokerAddress(): string | undefined {
    return this.#broker?.named.broker.address;
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#order.start(signal);
  }

  async stop(): Promise<void> {
    await this.#order.stop();
  }

  /**
   * Puts every output to its rest level immediately. For use after an uncaught error, so it depends on nothing else.
   */
  restNow(): void {
    for (const { actuator } of this.#doors.values()) {
      try {
        actuator.rest();
      } catch (error) {
        this.#deps.logger.error({ err: error }, 'An output could not be put to rest.');
      }
    }
  }

  /** Writes the present state of the gate, without persons, as one line of the log. */
  writeState(): void {
    this.#deps.logger.info({ state: stateWithoutPersons(this.#state) }, 'The present state of the gate.');
  }

  #makeGate(): Gate {
    const { loaded, logger, onRestart } = this.#deps;
    const { config } = loaded;
    const clock = this.#clock;
    const devices = { config, clock, world: this.#world };
    const issuer = this.#demo === undefined ? [] : [this.#demo.issuer];
    return new Gate(
      {
        clock,
        standstills: this.#standstills,
        logger,
        state: this.#state,
        store: this.#store,
        rehearsal: this.#store.log,
        notifier: this.#notifier,
        push: assemblePush(config),
        printer: assemblePrinter(devices),
        doors: this.#doors,
        accessPoints: assembleAccessPoints(devices),
        bundleTools: bundleTools(config, clock),
        readPolicy: (json) => policyOfBundle(json, config),
        ...(this.#broker === undefined ? {} : { broker: this.#broker.named }),
        gateKey: () => gateSigner(config.store.folder),
        ...(config.passes.atDesk && { visitorKey: () => visitorSigner(config.store.folder) }),
        ...(onRestart === undefined ? {} : { restart: onRestart }),
        eraser: new EraseCommand({
          command: ownCommand(),
          config: loaded.path,
        }),
        random: Math.random,
        newId: randomUUID,
        digestSalt: randomBytes(DIGEST_SALT_BYTES),
      },
      gateSettings(loaded, softwareVersion(), [...trustedKeysOf(config), ...issuer]),
    );
  }

  *#depsInOrder(): Generator<NamedPart> {
    const { webMustStart, loaded, logger } = this.#deps;
    const screens = webMustStart ? this.#web : this.#patient('screens', this.#web);
    yield named('locks', this.#locks);
    yield named('standstills', this.#standstills);
    // Before the log, so that they tell of a gate that waits for it.
    if (this.#metrics !== undefined) yield named('figures', this.#patient('figures', this.#metrics));
    yield named('log', this.#awaitStore(screens));
    const clock = this.#systemClock;
    yield named('kernel clock', new KernelWatch({ clock }));
    yield named('clock floor', new ClockFloorKeeper({ clock, floor: this.#store.clockFloor, logger }));
    if (this.#broker?.embedded !== undefined) yield named('embedded broker', this.#broker.embedded);
    yield named('screens', screens);
    if (this.#https !== undefined) yield named('https', this.#https);
    yield named('simulated devices', this.#simulatedDevices());
    yield named('gate', this.#gate);
    const { lists: intake, checkpoints } = this.#gate;
    yield* assembleInboxes(loaded.config, { intake, checkpoints, clock: this.#clock, logger });
    yield named('operators', this.#operators);
    yield named('upkeep', this.#upkeep);
    yield named('store check', this.#storeCheck());
  }

  #storeCheck(): StoreCheck {
    const { loaded, logger } = this.#deps;
    const { site, store } = loaded.config;
    const { inspection } = this.#store;
    const { timeZone } = site;
    return new StoreCheck({ inspection, clock: this.#clock, logger, timeZone, quietHour: store.checkHour });
  }

  /** A server whose port may be taken for a while. */
  #patient(name: string, part: Lifecycle): Lifecycle {
    const { logger } = this.#deps;
    const tolerated = ['web.unavailable', 'metrics.unavailable'] as const;
    const clock = this.#clock;
    return new RetryingStart({
      name,
      part,
      tolerated,
      clock,
      random: Math.random,
      logger,
    });
  }

  #simulatedDevices(): Lifecycle {
    return {
      start: async () => {
        this.#world.powerOn();
        this.#demo?.panel.begin();
      },
      stop: async () => {
        this.#demo?.panel.end();
        this.#world.powerOff();
      },
    };
  }

  #awaitStore(screens: Lifecycle): AwaitStore {
    const { logger, loaded } = this.#deps;
    const { config } = loaded;
    const { named: broker, embedded } = this.#broker ?? {};
    const store = this.#store;
    const clock = this.#clock;
    const standIn =
      broker &&
      makeStandIn(broker, {
        clock,
        logger,
        random: Math.random,
        settings: {
          site: config.site.id,
          gate: config.gate.id,
          software: `gatepost ${softwareVersion()}`,
        },
        lastMark: () => store.lastMark(),
        onRemembered: (payload) => this.#gate.remembered(payload),
      });
    return new AwaitStore({
      store,
      file: store.path,
      before: () => this.#locks.list(),
      troubleOf: (error) => troubleOf(store.path, error),
      meanwhile: [embedded ?? [], standIn ?? [], screens, this.#https ?? []].flat(),
      only: [standIn ?? []].flat(),
      web: () => this.webAddress?.url,
      show: showOutOfOrder({ config, web: this.#web, state: this.#state, standIn }),
      notifier: this.#notifier,
      clock,
      logger,
    });
  }

  /**
   * Connects the gate's state to the screens of guards and residents, and tells the gate whether a guard's page is
   * open.
   */
  #showOnScreens(): void {
    const { guardFeed, residentPrompt, guardPresence, talkScreens } = this.#web;
    showToGuards(this.#state, guardFeed);
    this.#state.prompts.follow((view) => residentPrompt.show(view));
    this.#state.talkNews.hear((news) => talkScreens.tell(news));
    const tellPresence = (): void => this.#state.guards.set({ isThere: guardPresence.isThere() });
    tellPresence();
    guardPresence.onChange(tellPresence);
  }

  #makeWeb(): WebServer {
    const store = this.#store;
    const { loaded, logger } = this.#deps;
    const { config } = loaded;
    return new WebServer({
      host: config.web.host,
      port: config.web.port,
      secure: secureSettings(config),
      authority: makesOwn(config) ? () => readAuthority(config.store.folder) : undefined,
      gateName: config.gate.name,
      gates: config.web.gates,
      allowedOrigins: config.web.origins,
      screensFolder: join(packageRoot(), 'dist/screens'),
      deskForGuard: this.#gate.desk,
      operators: this.#operators,
      accounts: this.#operators.desk,
      codes: this.#operators.codes,
      passkeys: this.#operators.passkeys,
      sessions: store.sessions,
      standstills: this.#standstills,
      isFire: () => this.#gate.isFire,
      cookieScope: `${config.site.id}_${config.gate.id}`,
      registerLooks: this.#gate.registerLooks,
      history: this.#gate.history,
      registers: this.#gate.registers,
      muster: this.#gate.muster,
      upkeep: this.#upkeep,
      deskPasses: this.#gate.deskPasses,
      passPrinter: this.#gate.passPrinter,
      days: this.#gate.days,
      demo: this.#demo?.panel,
      selfService: config.privacy.selfService ? this.#gate.selfService : undefined,
      assist: this.#gate.assist,
      talk: mayTalk(config) ? this.#gate.talk : undefined,
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
        assist: {
          button: config.assist.screenButton,
          ...(config.assist.otherGate === undefined ? {} : { otherGate: config.assist.otherGate }),
        },
        ...(config.site.office === undefined ? {} : { office: config.site.office }),
        ...(config.gate.post === undefined ? {} : { post: config.gate.post }),
        advice: config.advice,
        notice: noticeSettings(config),
        ...spokenBy(config),
      },
      voicesFolder: config.speech.enabled ? config.speech.folder : undefined,
      clock: this.#systemClock,
      logger,
    });
  }
}

/** Program and words with which this process itself was started, for commands in a process of their own. */
function ownCommand(): readonly [string, ...string[]] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
}

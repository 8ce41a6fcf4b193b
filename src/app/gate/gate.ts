import type { BundleType } from '../../core/bundle/bundle.ts';
import { ledgerNeeds } from '../../core/policy/ledger.ts';
import type { BundleIntake } from '../../ports/bundles.ts';
import type { DayDesk } from '../../ports/day-desk.ts';
import type { DeskPasses, PassPrinter } from '../../ports/desk-passes.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { GuardDesk } from '../../ports/guard-desk.ts';
import type { RegisterLooks } from '../../ports/holder-register.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { MusterDesk } from '../../ports/muster-book.ts';
import type { HistoryDesk } from '../../ports/passage-history.ts';
import type { RegisterDesk } from '../../ports/register-desk.ts';
import type { AssistDesk, SelfServiceDesk } from '../../ports/resident-prompt.ts';
import type { TalkDesk } from '../../ports/talk.ts';
import { logItem } from '../board/attention.ts';
import { HistoryWatch } from '../board/history-watch.ts';
import { LogWatch } from '../board/log-watch.ts';
import { CommandIntake } from '../centre/command-intake.ts';
import { commandPlans } from '../centre/command-plans.ts';
import { CommandRecords } from '../centre/command-records.ts';
import { GateCommands } from '../centre/gate-commands.ts';
import { replayPlans } from '../centre/replay-plan.ts';
import { SiteTopic } from '../centre/site-topic.ts';
import { DayBook } from '../desk/day-book.ts';
import { DeskPassOrders } from '../desk/desk-pass-orders.ts';
import { GuardOrders } from '../desk/guard-orders.ts';
import { History } from '../desk/history.ts';
import { LookUpRecords } from '../desk/look-up-records.ts';
import { MusterSheets } from '../desk/muster-sheets.ts';
import { PassPrinting } from '../desk/pass-printing.ts';
import { RefreshTimer } from '../desk/refresh-timer.ts';
import { RecordedLooks } from '../desk/register-looks.ts';
import { RegisterOrders } from '../desk/register-orders.ts';
import { ShiftOrders } from '../desk/shift-orders.ts';
import { VisitorOrders } from '../desk/visitor-orders.ts';
import { RetryingStart } from '../devices/retrying-start.ts';
import type { Door } from '../door/door.ts';
import { Distribution } from '../lists/distribution.ts';
import { ListSubscription } from '../lists/list-subscription.ts';
import { Checkpoints } from '../log/checkpoints.ts';
import { RecordEnding } from '../log/record-ending.ts';
import { Retention } from '../log/retention.ts';
import { RowEnding } from '../log/row-ending.ts';
import { HomeAssistant } from '../neighbours/home-assistant.ts';
import type { AccessPoint } from '../passage/access-point.ts';
import { RuleOrders } from '../rules/rule-orders.ts';
import { Announcer } from '../site/announcer.ts';
import { BackupWatch } from '../site/backup-watch.ts';
import { ClockWatch } from '../site/clock-watch.ts';
import { DailyReport } from '../site/daily-report.ts';
import { DeviceUptime } from '../site/device-uptime.ts';
import { PushWatch } from '../site/push-watch.ts';
import { type NamedPart, named, StartOrder } from '../site/start-order.ts';
import { Watchdog } from '../site/watchdog.ts';
import { Receipts } from '../uplink/receipts.ts';
import { Replays } from '../uplink/replays.ts';
import { StatePublisher } from '../uplink/state-publisher.ts';
import type { UplinkPump } from '../uplink/uplink-pump.ts';
import { makeAccessPoints, makeRehearsal, talkDesk } from './gate-access-points.ts';
import { known, makeSignals } from './gate-doors.ts';
import { makeInputs } from './gate-inputs.ts';
import type { GatePorts, GateSettings } from './gate-ports.ts';
import { type GateRules, makeRules } from './gate-rules.ts';
import { makeUplink } from './gate-uplink.ts';

/**
 * One gate: everything from the devices at the doors to the guard's desk and the connection to the servers, built from
 * ports and plain settings. Its maker passes the devices, the store and the hub for its state.
 */
export class Gate implements Lifecycle {
  /** Takes the guard's orders. */
  readonly desk: GuardDesk;
  /** Looks up who came by. */
  readonly history: HistoryDesk;
  /** Looks into the register of holders. */
  readonly registerLooks: RegisterLooks;
  /** Shows passes that the desk has made. */
  readonly deskPasses: DeskPasses;
  /** Prints them, where the desk has a printer. */
  readonly passPrinter: PassPrinter | undefined;
  /** Shows the registers at the desk. */
  readonly registers: RegisterDesk;
  /** Takes signed lists. */
  readonly lists: BundleIntake;
  /** Shows the days in numbers. */
  readonly days: DayDesk;
  /** Shows who is inside at a fire. */
  readonly muster: MusterDesk;
  /** Signs checkpoints of the log. */
  readonly checkpoints: Checkpoints;
  readonly #ports: GatePorts;
  readonly #settings: GateSettings;
  readonly #rules: GateRules;
  readonly #accessPoints: ReadonlyMap<string, AccessPoint>;
  readonly #ruleOrders: RuleOrders;
  readonly #deskPasses: DeskPassOrders;
  readonly #printing: PassPrinting | undefined;
  readonly #shiftOrders: ShiftOrders;
  readonly #distribution: Distribution;
  readonly #subscription: ListSubscription;
  readonly #commandRecords: CommandRecords;
  readonly #gateCommands: GateCommands;
  readonly #commands: CommandIntake;
  readonly #siteTopic: SiteTopic;
  readonly #homeAssistant: HomeAssistant;
  #pump: UplinkPump | undefined;
  readonly #logWatch: LogWatch;
  readonly #historyWatch: HistoryWatch;
  readonly #receipts: Receipts;
  readonly #replays: Replays;
  readonly #ending: Retention;
  readonly #order: StartOrder;

  constructor(ports: GatePorts, settings: GateSettings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#rules = makeRules(ports, settings);
    this.#accessPoints = makeAccessPoints(ports, settings, this.#rules);
    const { clock, logger, store } = ports;
    const { site, gate } = settings.site;
    const { attention, lists, log } = this.#rules;
    const rules = { ...this.#rules, clock, state: ports.state, gate };
    this.#ruleOrders = new RuleOrders({ ...rules, newId: ports.newId });
    const visitorOrders = new VisitorOrders({
      ...rules,
      book: store.visitors,
      onHostConfirmed: (passId) => {
        for (const { orders } of this.#accessPoints.values()) orders.judgeAgain(passId);
      },
    });
    const { timeZone } = settings.site;
    const lookUps = new LookUpRecords({ ...rules, clock, gate });
    const registerOrders = new RegisterOrders({
      ...rules,
      lookUps,
      registers: store.registers,
      visitors: store.visitors,
      newId: ports.newId,
    });
    this.registers = registerOrders;
    const { visitorKey: key } = ports;
    const deskPasses = new DeskPassOrders({
      ...rules,
      book: store.visitors,
      ruleOrders: this.#ruleOrders,
      newId: ports.newId,
      site,
      own: key && { key, longestMs: settings.deskPassMs ?? 0 },
    });
    this.#deskPasses = deskPasses;
    this.deskPasses = deskPasses;
    const supervision = { ...ports, notes: rules.notes };
    const { printer } = ports;
    this.#printing = printer && new PassPrinting({ printer, passes: deskPasses, supervision });
    this.passPrinter = this.#printing;
    const notLeft = registerOrders.notLeft.bind(registerOrders);
    this.#shiftOrders = new ShiftOrders({ ...rules, book: store.shifts, timeZone, notLeft });
    const days = new DayBook({ counts: store.dayCounts, clock, gate, timeZone });
    this.days = days;
    const sheets = new MusterSheets({
      ...rules,
      lookUps,
      now: ports.state.muster,
      keeper: rules.musters,
      book: store.musters,
      visitors: store.visitors,
      registers: store.registers,
    });
    this.muster = sheets;
    const isAtGate = (holderRef: string) =>
      [...ports.state.passages.values, ...ports.state.decisions.values.flat()].some(
        (one) => one.holderRef === holderRef,
      );
    this.registerLooks = new RecordedLooks({
      holders: store.holders,
      visitors: store.visitors,
      lookUps,
      isShown: (holderRef, operator) => isAtGate(holderRef) || sheets.hasShown(holderRef, operator),
    });
    this.desk = new GuardOrders({
      ...this.#rules,
      accessPoints: this.#accessPoints,
      ruleOrders: this.#ruleOrders,
      visitorOrders,
      registerOrders,
      deskPasses,
      shiftOrders: this.#shiftOrders,
      days,
    });
    this.history = new History({
      ...this.#rules,
      history: store.passages,
      visitors: store.visitors,
      lookUps,
      clock,
      timeZone,
      bounds: settings.retention,
    });
    this.#distribution = new Distribution({
      gate,
      tools: ports.bundleTools,
      inForce: lists,
      shelf: store.bundles,
      log,
      logger,
    });
    this.lists = this.#distribution;
    this.#subscription = new ListSubscription({ site, intake: this.#distribution, clock, logger });
    this.#commandRecords = new CommandRecords({
      ...rules,
      book: store.commands,
      keys: () => lists.listedKeys,
    });
    this.#distribution.onChanged((type) => this.#onList(type));
    this.checkpoints = new Checkpoints({
      tree: store.tree,
      book: store.checkpoints,
      signer: ports.gateKey,
      trusted: () => lists.listedKeys,
      notes: this.#rules.notes,
      state: ports.state,
      onAltered: (detail) => this.#logWatch.disowned(detail),
      clock,
      logger,
      site,
      gate,
    });
    this.#replays = new Replays({
      source: store.outbox,
      epochs: () => store.tree.epochs(),
      perSecond: settings.uplink.replayPerSecond,
      clock,
      logger,
    });
    this.#receipts = new Receipts({
      settings: { site, gate, ...settings.uplink },
      book: store.receipts,
      outbox: store.outbox,
      epochs: () => store.tree.epochs(),
      state: ports.state,
      clock,
      logger,
    });
    this.#gateCommands = new GateCommands({
      signCheckpoint: (by) => this.checkpoints.order(by),
      resync: () => {
        this.#subscription.askAgain();
        this.#pump?.tellAgain();
      },
      isBusy: () => this.#isBusy,
      restart: ports.restart,
      state: ports.state,
      clock,
      logger,
    });
    this.#commands = new CommandIntake({
      ...ports,
      plans: {
        ...commandPlans({ ...this.#rules, accessPoints: this.#accessPoints, ruleOrders: this.#ruleOrders }),
        ...this.#gateCommands.table,
        ...replayPlans(this.#replays),
      },
      records: this.#commandRecords,
      keys: () => lists.listedKeys,
      site,
      gate,
    });
    this.#siteTopic = new SiteTopic({
      keeper: this.#rules.siteOrders,
      fourEyes: settings.siteOrders.fourEyes,
      refuse: (outcome, signers) => this.#commandRecords.refuse(outcome, signers),
      keys: () => lists.listedKeys,
      clock,
      logger,
      site,
    });
    this.#homeAssistant = this.#makeHomeAssistant();
    this.#ending = this.#retention();
    this.#logWatch = new LogWatch({
      ...ports,
      log,
      outbox: store.outbox,
      health: store,
      attention,
      gate,
      everyMs: settings.lookEveryMs,
      onNearlyFull: () => this.#ending.hurry(),
    });
    this.#historyWatch = new HistoryWatch({
      log: store.log,
      tree: store.tree,
      signer: ports.gateKey,
      attention,
      onWentBack: () => {
        this.#rules.trust.doubtNow();
        this.#rules.siteOrders.logWentBack();
      },
      clock,
      logger,
      site,
      gate,
    });
    store.outbox.onAltered((rows) => this.#logWatch.altered(rows));
    this.#order = new StartOrder([...this.#partsInOrder()], logger);
  }

  /** The log with its limits, for what is written beside the gate. */
  get log(): EventLog {
    return this.#rules.log;
  }

  /** Whether a fire alarm holds a door open. */
  get isFire(): boolean {
    return this.#doors.some(({ isFire }) => isFire);
  }

  /** Takes what people press at the resident's screens. */
  get selfService(): SelfServiceDesk {
    return {
      take: (accessPoint, order) => this.#accessPoints.get(accessPoint)?.selfService.take(order) === true,
    };
  }

  /** Takes calls of the guard from the resident's screens. */
  get assist(): AssistDesk {
    return {
      take: (accessPoint, order, atGate) =>
        this.#accessPoints.get(accessPoint)?.guardCall.take(order, atGate) === true,
    };
  }

  /** Takes what pages say about a talk with a guard. */
  get talk(): TalkDesk {
    return talkDesk(this.#accessPoints);
  }

  /** Takes the `state/conn` of this gate that a broker has retained, also before start(). */
  remembered(payload: Uint8Array): void {
    this.#logWatch.remembered(payload);
  }

  /** Somebody tries many passwords at the guard's screen: the guard hears of it. */
  passwordsGuessed(): void {
    const { clock } = this.#ports;
    this.#rules.attention.raise(logItem('guessing', this.#settings.site.gate, clock.read().wallMs));
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#order.start(signal);
  }

  async stop(): Promise<void> {
    await this.#order.stop();
  }

  /** Whether somebody is at an access point or on the way through a door. */
  get #isBusy(): boolean {
    return (
      [...this.#accessPoints.values()].some((place) => place.isBusy) ||
      this.#doors.some(({ mode }) => mode === 'Accessed')
    );
  }

  get #doors(): readonly Door[] {
    return [...this.#rules.doors.values()];
  }

  /** The limits of the log and the doors start first and access points last, so that everything is restored before a person can show a code. */
  *#partsInOrder(): Generator<NamedPart> {
    const { clock, logger, notifier, random, state, store } = this.#ports;
    const { site, configDigest, lookEveryMs: everyMs, retention } = this.#settings;
    const { gate, timeZone, software } = site;
    const { notes, log } = this.#rules;
    yield named('limits of the log', log);
    yield named("the site's order", this.#rules.siteOrders);
    for (const door of this.#doors) {
      const name = `door ${door.id}`;
      const tolerated = ['gpio.unavailable'] as const;
      yield named(name, new RetryingStart({ name, part: door, tolerated, clock, random, logger }));
    }
    for (const input of makeInputs(this.#ports, this.#settings, this.#rules, this.#accessPoints))
      yield named('door input', input);
    yield named('lamps and buzzers', makeSignals(this.#ports));
    yield named('rules', this.#ruleBook());
    const counts = store.dayCounts;
    const { countDays: keptDays } = retention;
    yield named('daily report', new DailyReport({ counts, notes, clock, logger, gate, timeZone, keptDays }));
    yield named('device uptime', new DeviceUptime({ state, notes, clock, logger, timeZone }));
    yield named('signed lists', this.#distribution);
    yield* this.#uplink();
    yield named('checkpoints', this.checkpoints);
    yield named('boards', this.#boards());
    yield named('shift', this.#shiftOrders);
    yield named('who is inside', this.#rules.musters);
    const rehearsal = makeRehearsal(this.#ports, this.#settings, this.#rules, () => this.#isBusy);
    if (rehearsal !== undefined) yield named('rehearsal', rehearsal);
    const status = `${site.name}: ready`;
    const told = { gate, status, software, configDigest };
    yield named('announcer', new Announcer({ notes, state, notifier, store }, told));
    yield named('clock watch', new ClockWatch({ clock, notes, state, gate, everyMs }));
    yield named('log watch', this.#logWatch);
    yield named('backup watch', this.#backupWatch());
    yield named('requests of people', this.#rules.requests);
    for (const [id, accessPoint] of this.#accessPoints) yield named(`access point ${id}`, accessPoint);
    const { push } = this.#ports;
    if (push !== undefined) yield named('push', new PushWatch({ ...push, notes, clock, state, gate }));
    if (this.#printing !== undefined) yield named('receipt printer', this.#printing);
    yield named('retention', this.#ending);
    yield named('commands about the gate', this.#gateCommands);
    yield named('commands', this.#commands);
    yield named('Home Assistant', this.#homeAssistant);
    const parts = this.#doors.map((door) => ({
      name: `The lock of ${door.id}`,
      isWell: () => door.isWell(),
    }));
    yield named('watchdog', new Watchdog({ clock, notifier, log, parts, logger }));
  }

  /** Ends what is over while nobody is at an access point or on the way through a door. */
  #retention(): Retention {
    const { clock, logger, store } = this.#ports;
    const { retention: settings, site } = this.#settings;
    const { gate, timeZone } = site;
    const { inForce, notes } = this.#rules;
    const records = store.recordPurge;
    const needs = () => ledgerNeeds(inForce.policy);
    const isBusy = () => this.#isBusy;
    const { rows, purges: book } = store;
    const acknowledged = () => this.#receipts.acknowledged();
    const rowEnding = new RowEnding({ rows, book, notes, clock, settings, acknowledged, gate });
    const { attention } = this.#rules;
    const works = [rowEnding.work, new RecordEnding({ records, attention, settings, needs, timeZone }).work];
    return new Retention({ clock, logger, records, works, timeless: rowEnding.erasures, isBusy });
  }

  #backupWatch(): BackupWatch {
    const { clock, logger, state, store } = this.#ports;
    const { site, backups: settings, lookEveryMs: everyMs } = this.#settings;
    const { notes } = this.#rules;
    return new BackupWatch({
      book: store.backups,
      notes,
      clock,
      state,
      logger,
      gate: site.gate,
      settings,
      everyMs,
    });
  }

  *#uplink(): Generator<NamedPart> {
    const parts = {
      receipts: this.#receipts,
      replays: this.#replays,
      subscription: this.#subscription,
      commands: this.#commands,
      siteTopic: this.#siteTopic,
      homeAssistant: this.#homeAssistant,
      logWatch: this.#logWatch,
      historyWatch: this.#historyWatch,
    };
    const pump = makeUplink(this.#ports, this.#settings, parts);
    if (pump === undefined) return;
    this.#pump = pump;
    yield named('receipts', this.#receipts);
    yield named('states for the servers', new StatePublisher({ state: this.#ports.state, sink: pump }));
    this.#homeAssistant.use(pump);
    yield named('uplink', pump);
  }

  #makeHomeAssistant(): HomeAssistant {
    const { site, accessPoints, doors, homeAssistant: settings } = this.#settings;
    const { store, doors: devices } = this.#ports;
    const discovered = [...doors].map(([id, { name }]) => {
      const { contact, inputs = {} } = known(devices, id);
      return {
        id,
        name,
        hasContact: contact !== undefined,
        hasTamper: inputs.tamper !== undefined,
        hasFire: inputs.fire !== undefined,
      };
    });
    return new HomeAssistant({
      ...this.#ports,
      settings,
      gate: { site, doors: discovered, accessPoints },
      told: store.toldTopics,
      accessPoints: this.#accessPoints,
      records: this.#rules.records,
    });
  }

  /** Restores the rules, and the state of the places, before they are used. */
  #ruleBook(): Lifecycle {
    const { clock, logger, state, broker } = this.#ports;
    const { levels, trust } = this.#rules;
    const publish = () => {
      this.#ruleOrders.publish();
      this.#rules.visits.publish();
    };
    const refresh = new RefreshTimer({ clock, logger, publish });
    return {
      start: async (signal) => {
        for (const { service } of this.#accessPoints.values()) service.restore();
        state.site.set(this.#settings.site);
        if (broker === undefined) state.queue.set({ pending: 0, connected: false });
        trust.restore();
        this.#deskPasses.begin();
        await levels.start(signal);
        publish();
        await refresh.start(signal);
      },
      stop: async () => {
        await refresh.stop();
        await levels.stop();
      },
    };
  }

  /** Restores the guard's lists, so that a restart loses nothing that no guard has seen. */
  #boards(): Lifecycle {
    const { board, attention, register } = this.#rules;
    const { log } = this.#ports.store;
    return {
      start: async () => {
        board.restore(log, register);
        attention.restore(log);
      },
      stop: async () => undefined,
    };
  }

  #onList(type: BundleType | undefined): void {
    if (type === 'trust') {
      this.#subscription.askAgain();
      this.#siteTopic.askAgain();
      this.#commandRecords.publish();
    }
    const policy = type === 'policy' ? this.#rules.lists.content('policy') : undefined;
    if (policy !== undefined) this.#rules.levels.replace(this.#ports.readPolicy(policy.json));
    this.#showLists();
  }

  #showLists(): void {
    const { clock, state } = this.#ports;
    state.lists.set(this.#rules.lists.views(clock.read().wallMs));
  }
}

import type { AttentionView } from '../../ports/boards.ts';
import type { Cancel } from '../../ports/clock.ts';
import type { AssistView, DeviceView, GateState, ServerView, SiteOrderView } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { GateCondition } from './conn-state.ts';
import { type TellState, TOLD_STATES } from './told-states.ts';
import type { Alert } from './uplink-health.ts';

/** The part of the uplink that takes the gate's present state. */
interface StateSink {
  readonly publishState: TellState;
  setCondition(condition: GateCondition): void;
  /** Raises `alert/<name>`, or removes it. */
  setAlert(name: string, alert: Alert | undefined): void;
}

/** Publishes the servers' part of the gate's state (config/contract/README.md#the-connection). */
export class StatePublisher implements Lifecycle {
  readonly #state: GateState;
  readonly #sink: StateSink;
  readonly #told = new Map<string, string>();
  #following: readonly Cancel[] = [];

  constructor(deps: { state: GateState; sink: StateSink }) {
    this.#state = deps.state;
    this.#sink = deps.sink;
  }

  /** To be started before the uplink, so that its first messages are of this run and not of an earlier one. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#following.length > 0) return;
    const { phase, devices, attention, servers, commands, siteOrder, assists } = this.#state;
    const tell: TellState = (topic, payload) => {
      if (this.#isNews(topic, payload)) this.#sink.publishState(topic, payload);
    };
    const states = Object.values(TOLD_STATES).flatMap((told) =>
      told.madeFrom(this.#state).map((part) => part.follow(() => told.tell(this.#state, tell))),
    );
    this.#following = [
      ...states,
      phase.follow(() => this.#tellCondition()),
      commands.follow(() => this.#tellCondition()),
      devices.follow(() => {
        this.#tellCondition();
        this.#tellLog();
      }),
      attention.follow(() => {
        this.#tellLog();
        this.#tellGuessing();
      }),
      servers.follow((views) => this.#tellServers(views)),
      siteOrder.follow((order) => this.#tellSiteOrder(order)),
      assists.follow(() => this.#tellAssists()),
    ];
    // The broker may still have an alert of an earlier run.
    this.#tellLog();
    this.#tellGuessing();
    if (servers.values.length === 0) this.#tellServers([]);
  }

  async stop(): Promise<void> {
    for (const end of this.#following) end();
    this.#following = [];
  }

  #tellCondition(): void {
    const devices = this.#state.devices.values;
    const isReady = this.#state.phase.values[0]?.phase === 'ready';
    const [commands = {}] = this.#state.commands.values;
    const wellEnough = devices.every(({ status }) => status === 'ok' || status === 'connecting');
    const condition: GateCondition = {
      state: !isReady ? 'init' : wellEnough ? 'ready' : 'degraded',
      devices: Object.fromEntries(devices.map(({ id, status }) => [id, status])),
      ...(Object.keys(commands).length === 0 ? {} : { commands }),
    };
    if (this.#isNews('state/conn', condition)) this.#sink.setCondition(condition);
  }

  /** Raises an alert about the log, for as long as no guard has marked the item as seen. */
  #tellLog(): void {
    const { devices, attention } = this.#state;
    const trouble = devices.values.flatMap(troubleOfLog);
    const incidents = (attention.values[0] ?? []).flatMap(({ kind }) => INCIDENTS[kind] ?? []);
    const text = [...trouble, ...incidents].join(' ');
    const alert: Alert | undefined = text === '' ? undefined : { text, severity: 'error' };
    if (this.#isNews('alert/log', alert ?? {})) this.#sink.setAlert('log', alert);
  }

  /** Raises an alert while somebody guesses passwords and no guard has marked it as seen. */
  #tellGuessing(): void {
    const isGuessed = this.#state.attention.values[0]?.some(({ kind }) => kind === 'guessing') === true;
    const text = "Somebody tries many passwords at the guard's screen: see operator.authfailed.";
    const alert: Alert | undefined = isGuessed ? { text, severity: 'warning' } : undefined;
    if (this.#isNews('alert/operators', alert ?? {})) this.#sink.setAlert('operators', alert);
  }

  #tellServers(views: readonly ServerView[]): void {
    const late = views.flatMap((view) => (view.isLate ? lateSentence(view) : []));
    const alert: Alert | undefined =
      late.length === 0 ? undefined : { text: late.join(' '), severity: 'warning' };
    if (this.#isNews('alert/servers', alert ?? {})) this.#sink.setAlert('servers', alert);
  }

  /** Raises an alert while this gate does not do what is ordered of the site. */
  #tellSiteOrder({ order, obeyed, reason }: SiteOrderView): void {
    const why = reason === undefined ? '' : `: ${reason}`;
    const text = `This gate does not do what is ordered of the site (${order})${why}. See state/siteorder.`;
    const alert: Alert | undefined = obeyed ? undefined : { text, severity: 'error' };
    if (this.#isNews('alert/siteorder', alert ?? {})) this.#sink.setAlert('siteorder', alert);
  }

  /** Raises an alert while somebody calls the guard and nobody has answered. */
  #tellAssists(): void {
    const calls = this.#state.assists.values.flatMap(callSentence);
    const alert: Alert | undefined =
      calls.length === 0 ? undefined : { text: calls.join(' '), severity: 'warning' };
    if (this.#isNews('alert/assist', alert ?? {})) this.#sink.setAlert('assist', alert);
  }

  /** Whether the value differs from the last one; an equal one is not sent. */
  #isNews(topic: string, payload: object): boolean {
    const text = JSON.stringify(payload);
    if (this.#told.get(topic) === text) return false;
    this.#told.set(topic, text);
    return true;
  }
}

const INCIDENTS: Readonly<Partial<Record<AttentionView['kind'], string>>> = {
  logReset: 'The log of this gate went back or was lost: see the newest log.reset.',
  logAltered: 'Rows of the log of this gate are not as they were written: see log.altered.',
  logBehind: 'The broker remembers more of this gate than its log holds: see device.storage.',
  recordsUntrusted:
    'The log of this gate went back: quotas, uses and anti-passback count only when a guard has confirmed them.',
};

function troubleOfLog({ id, status, detail }: DeviceView): string | [] {
  return id === 'log' && status !== 'ok' ? (detail ?? 'The log has a fault.') : [];
}

function callSentence({ accessPoint, status, sinceMs = 0 }: AssistView): string | [] {
  const since = new Date(sinceMs).toISOString();
  switch (status) {
    case 'ringing':
      return `Somebody calls the guard at ${accessPoint} since ${since}.`;
    case 'unanswered':
      return `Somebody calls the guard at ${accessPoint} since ${since}, and nobody answers: send somebody.`;
    default:
      return [];
  }
}

function lateSentence({ server, lacksSinceMs = 0 }: ServerView): string {
  return `The server ${server} lacks events since ${new Date(lacksSinceMs).toISOString()}: look whether it runs, reads this gate and sends receipts.`;
}

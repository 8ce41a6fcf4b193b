import type { Shift } from '../../core/desk/shift.ts';
import type { AttentionView, DecisionView, OrderView, PassageView, VisitorView } from '../../ports/boards.ts';
import type { Cancel } from '../../ports/clock.ts';
import type {
  AccessPointView,
  AssistView,
  BackupView,
  CheckpointView,
  ClockView,
  DecisionMade,
  DeviceView,
  DoorView,
  GatePhase,
  GateState,
  GuardsView,
  Happening,
  HttpsView,
  ListView,
  PolicyView,
  QueueView,
  ReadingView,
  ServerView,
  SiteFacts,
  SiteOrderView,
  State,
} from '../../ports/gate-state.ts';
import type { MusterView } from '../../ports/muster-book.ts';
import type { PromptView } from '../../ports/resident-prompt.ts';
import type { TalkNews } from '../../ports/talk.ts';

/** Listeners, in the order in which they were added. */
class Listeners<T> {
  readonly #listeners = new Set<(value: T) => void>();

  add(listener: (value: T) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}

class NewestValues<T> implements State<T> {
  readonly #nameOf: (value: T) => string;
  readonly #values = new Map<string, T>();
  readonly #listeners = new Listeners<T>();

  /** @param nameOf names the one of several states that a value is about */
  constructor(nameOf: (value: T) => string = () => '') {
    this.#nameOf = nameOf;
  }

  set(value: T): void {
    this.#values.set(this.#nameOf(value), value);
    this.#listeners.tell(value);
  }

  follow(listener: (value: T) => void): Cancel {
    const end = this.#listeners.add(listener);
    for (const value of this.values) listener(value);
    return end;
  }

  get values(): readonly T[] {
    return [...this.#values.values()];
  }
}

class Announcement<T> implements Happening<T> {
  readonly #listeners = new Listeners<T>();

  tell(happened: T): void {
    this.#listeners.tell(happened);
  }

  hear(listener: (happened: T) => void): Cancel {
    return this.#listeners.add(listener);
  }
}

/** The present state of one gate, in memory. */
export class PresentState implements GateState {
  readonly phase = new NewestValues<GatePhase>();
  readonly site = new NewestValues<SiteFacts>();
  readonly accessPoints = new NewestValues<AccessPointView>(({ id }) => id);
  readonly assists = new NewestValues<AssistView>(({ accessPoint }) => accessPoint);
  readonly doors = new NewestValues<DoorView>(({ door }) => door);
  readonly devices = new NewestValues<DeviceView>(({ id }) => id);
  readonly rules = new NewestValues<PolicyView>();
  readonly lists = new NewestValues<readonly ListView[]>();
  readonly clock = new NewestValues<ClockView>();
  readonly queue = new NewestValues<QueueView>();
  readonly servers = new NewestValues<readonly ServerView[]>();
  readonly siteOrder = new NewestValues<SiteOrderView>();
  readonly shift = new NewestValues<Shift>();
  readonly muster = new NewestValues<MusterView>();
  readonly backup = new NewestValues<BackupView>();
  readonly https = new NewestValues<HttpsView>();
  readonly checkpoint = new NewestValues<CheckpointView>();
  readonly commands = new NewestValues<Readonly<Record<string, number>>>();
  readonly readings = new NewestValues<ReadingView>(({ accessPoint }) => accessPoint);
  readonly passages = new NewestValues<PassageView>(({ accessPoint }) => accessPoint);
  readonly prompts = new NewestValues<PromptView>(({ accessPoint }) => accessPoint);
  readonly guards = new NewestValues<GuardsView>();
  readonly decisions = new NewestValues<readonly DecisionView[]>();
  readonly orders = new NewestValues<readonly OrderView[]>();
  readonly visitors = new NewestValues<readonly VisitorView[]>();
  readonly attention = new NewestValues<readonly AttentionView[]>();
  readonly decided = new Announcement<DecisionMade>();
  readonly talkNews = new Announcement<TalkNews>();
  readonly identify = new Announcement<{ readonly seconds: number }>();
}

import type { Shift } from '../core/desk/shift.ts';
import type { AttentionView, DecisionView, OrderView, PassageView, VisitorView } from './boards.ts';
import type {
  AccessPointView,
  AssistView,
  BackupView,
  ClockView,
  DeviceView,
  DoorView,
  HttpsView,
  ListView,
  PolicyView,
  QueueView,
  ReadingView,
  ServerView,
  SiteFacts,
  SiteOrderView,
} from './gate-state.ts';

import type { MusterView } from './muster-book.ts';

/** What the guard's screen shows about the site. */
export interface SiteView extends SiteFacts {
  readonly policy: Pick<PolicyView, 'level' | 'version'>;
  readonly accessPoints: readonly AccessPointView[];
}

/** Everything that the guard's screen receives. A topic's newest value replaces its older ones. */
export interface GuardTopics {
  site: SiteView;
  decisions: readonly DecisionView[];
  queue: QueueView;
  servers: readonly ServerView[];
  siteOrder: SiteOrderView;
  shift: Shift;
  muster: MusterView;
  backup: BackupView;
  https: HttpsView;
  policy: PolicyView;
  orders: readonly OrderView[];
  visitors: readonly VisitorView[];
  attention: readonly AttentionView[];
  lists: readonly ListView[];
  clock: ClockView;
  [door: `door/${string}`]: DoorView;
  [device: `device/${string}`]: DeviceView;
  [passage: `passage/${string}`]: PassageView;
  [call: `call/${string}`]: AssistView;
  /** Live reading while a person stands there; null while nobody does. */
  [reading: `thermometer/${string}`]: NonNullable<ReadingView['reading']> | null;
}

/** The guard's screens. Never throws and never blocks the gate. */
export interface GuardFeed {
  publish<T extends keyof GuardTopics & string>(topic: T, value: GuardTopics[T]): void;
}

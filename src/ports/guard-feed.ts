import type { Direction, Feedback, PassKind } from '../core/access/vocabulary.ts';
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

/** One gate in a few words, for a page that watches several. */
export interface GateSummary {
  readonly name: string;
  readonly simulated: boolean;
  /** How much waits for a guard. */
  readonly needs: number;
  /** Whether a door is in alarm. */
  readonly alarm: boolean;
  /** Number of devices that are missing. */
  readonly troubled: number;
  readonly places: readonly {
    readonly accessPoint: string;
    readonly direction: Direction;
    readonly feedback: Feedback;
    readonly kind?: PassKind;
    /** Who it is: untrusted text of a pass, or from the register of the kiosk; shown inert. */
    readonly label?: string;
    /** Whether somebody calls the guard there, and nobody has answered. */
    readonly calls: boolean;
  }[];
}

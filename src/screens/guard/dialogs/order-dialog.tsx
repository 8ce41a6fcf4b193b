import { useState } from 'preact/hooks';
import type { GuardOrder } from '../../../core/desk/guard-order.ts';
import { orderWeight } from '../../../core/desk/order-weight.ts';
import type { DecisionView } from '../../../ports/boards.ts';
import type { SiteView } from '../../../ports/guard-feed.ts';
import { fill, type Locale } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import { ContactOrder } from '../contact/contact-order.tsx';
import { useAttendance } from '../desk/attendance.ts';
import { levelWords } from '../desk/level-card.tsx';
import { type Give, type Named, type Order, personOf, placeWords, subjectWords } from '../orders.ts';
import { PersonMenu } from '../people/person-menu.tsx';
import { useWords } from '../words.ts';
import { Choices } from './choices.tsx';
import { LazyPassDialog } from './lazy-pass-dialog.tsx';
import { OccupancyDialog } from './occupancy-dialog.tsx';
import { type DialogEnd, ReasonDialog } from './reason-dialog.tsx';
import { StandingOrderDialog } from './standing-order-dialog.tsx';
import { VisitorDialog } from './visitor-dialog.tsx';

interface Props extends DialogEnd {
  readonly order: Order;
  readonly site: SiteView | undefined;
  /** Newest first; for the cards that were just shown. */
  readonly decisions: readonly DecisionView[];
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  /** Called when the guard goes on to another order. */
  readonly onOrder: Give;
}

/** The dialog of an order: explains it and asks for its missing fields and the reason. */
export function OrderDialog({ order, site, decisions, nowMs, onOrder, ...end }: Props) {
  switch (order.type) {
    case 'open':
      return <OpenDialog order={order} decisions={decisions} nowMs={nowMs} {...end} />;
    case 'person':
      return <PersonMenu person={order.person} onOrder={onOrder} onClose={end.onClose} />;
    case 'contact-reading':
      return <ContactOrder order={order} site={site} nowMs={nowMs} {...end} />;
    case 'level':
      return <LevelDialog order={order} {...end} />;
    case 'occupancy':
      return <OccupancyDialog order={order} {...end} />;
    case 'order':
      return <StandingOrderDialog order={order} decisions={decisions} nowMs={nowMs} {...end} />;
    case 'visitor':
      return <VisitorDialog order={order} decisions={decisions} nowMs={nowMs} {...end} />;
    case 'visitor-pass':
      return <LazyPassDialog order={order} site={site} {...end} />;
    default:
      return <PlainDialog order={order} {...end} />;
  }
}

type Plain = Exclude<
  Order,
  {
    type:
      | 'open'
      | 'contact-reading'
      | 'person'
      | 'level'
      | 'occupancy'
      | 'order'
      | 'visitor'
      | 'visitor-pass';
  }
>;

interface PlainWords {
  readonly title: string;
  readonly effect?: string;
  readonly presets: readonly string[];
  readonly instant: boolean;
}

function plainWords(locale: Locale, order: Plain): PlainWords {
  const { doors, people, orders, visitors, presets } = locale.guard;
  switch (order.type) {
    case 'refuse':
      return { title: people.turnAway, presets: presets.refuse, instant: true };
    case 'measure':
      return {
        title: people.measureAgain,
        effect: people.measureEffect,
        presets: presets.measure,
        instant: true,
      };
    case 'door': {
      const { question, effect } = doors.verbs[order.verb];
      return {
        title: `${order.door.name}: ${question}`,
        effect,
        presets: order.verb === 'lockdown' ? presets.lockdown : presets.door,
        instant: false,
      };
    }
    case 'enable':
    case 'disable': {
      const { point, type } = order;
      const place = placeWords(locale, point);
      return {
        title: fill(type === 'enable' ? people.enableAsk : people.disableAsk, { place }),
        effect: type === 'enable' ? people.enableEffect : people.disableEffect,
        presets: presets[type],
        instant: false,
      };
    }
    case 'end-order': {
      const who = subjectWords(order.order);
      return { title: fill(orders.endAsk, { who }), presets: presets.endOrder, instant: false };
    }
    case 'report':
      return {
        title: fill(orders.reportAsk, { who: order.words }),
        presets: presets.report,
        instant: true,
      };
    case 'forgive':
      return {
        title: fill(people.forgiveAsk, { who: order.person.words }),
        effect: people.forgiveEffect,
        presets: presets.forgive,
        instant: true,
      };
    case 'give-back-quota':
      return {
        title: fill(people.giveBackAsk, { who: order.person.words }),
        effect: people.giveBackEffect,
        presets: presets.giveBack,
        instant: true,
      };
    case 'plain': {
      const { title, effect } = order;
      return { title, ...(effect === undefined ? {} : { effect }), presets: order.presets, instant: true };
    }
    case 'confirm-host':
      return {
        title: fill(visitors.confirmAsk, { who: order.words }),
        effect: visitors.confirmEffect,
        presets: presets.host,
        instant: true,
      };
  }
}

/** The passage that the page showed, if any. */
function about(passage: string | undefined): { passage?: string } {
  return passage === undefined ? {} : { passage };
}

function plainDraft(order: Plain, note: string): GuardOrder {
  switch (order.type) {
    case 'refuse':
    case 'measure': {
      const { type, accessPoint, passage } = order;
      return { type, accessPoint, ...about(passage), note };
    }
    case 'door':
      return { type: 'door', door: order.door.door, verb: order.verb, note };
    case 'enable':
    case 'disable':
      return { type: order.type, accessPoint: order.point.id, note };
    case 'end-order':
      return { type: 'end-order', orderId: order.order.id, note };
    case 'report':
      return { type: 'report', holderRef: order.holderRef, note };
    case 'forgive':
    case 'give-back-quota': {
      const { passId, holderRef = '' } = order.person;
      return { type: order.type, subject: passId ? { passId } : { holderRef }, note };
    }
    case 'plain':
      return order.draft(note);
    case 'confirm-host':
      return { type: 'confirm-host', passId: order.passId, ...about(order.passage), note };
  }
}

/** Orders that need only a reason, and some of them the password. */
function PlainDialog({ order, ...end }: { readonly order: Plain } & DialogEnd) {
  const words = plainWords(useWords().locale, order);
  const weight = orderWeight(order.type === 'plain' ? order.draft('') : order, useAttendance().fire);
  return <ReasonDialog {...words} weight={weight} draft={(note) => plainDraft(order, note)} {...end} />;
}

/** A person refused within this time is preselected, in milliseconds. */
const MEANT_MS = 2 * 60_000;
/** A person refused within this time can be chosen, in milliseconds. */
const FRESH_MS = 10 * 60_000;
const NOBODY = 'nobody';

interface OpenProps extends DialogEnd, Pick<Props, 'decisions' | 'nowMs'> {
  readonly order: Extract<Order, { type: 'open' }>;
}

/** The person who was refused last at an access point without a passage under way. */
function refusedAt({ order, decisions, nowMs }: OpenProps, accessPoint: string): DecisionView | undefined {
  if (order.named?.[accessPoint]?.passage !== null) return undefined;
  const last = decisions.find((line) => line.accessPoint === accessPoint);
  const isOpen = last?.decision === 'Denied' && last.passId !== undefined;
  return isOpen && nowMs - last.timeMs < FRESH_MS ? last : undefined;
}

/** Lets one person through at one press on a ready-made reason. */
function OpenDialog(props: OpenProps) {
  const { order, decisions: _, nowMs, ...end } = props;
  const { language, locale, timeZone } = useWords();
  const { doors, people, presets, dialog } = locale.guard;
  const [accessPoint, setAccessPoint] = useState(order.accessPoints[0]?.id ?? '');
  const only = order.accessPoints.length === 1 ? order.accessPoints[0] : undefined;
  const title = only === undefined ? doors.open : only.direction === 'in' ? people.letIn : people.letOut;
  const [refused] = useState(() => refusedAt(props, only?.id ?? ''));
  const [whom, setWhom] = useState(
    refused !== undefined && nowMs - refused.timeMs < MEANT_MS ? refused.passage : NOBODY,
  );
  const named: Named =
    refused !== undefined && whom === refused.passage
      ? { passage: whom, overrule: true }
      : (order.named?.[accessPoint] ?? {});
  const asked =
    only === undefined ? (
      <Choices
        legend={dialog.direction}
        name="accessPoint"
        value={accessPoint}
        choices={order.accessPoints.map(({ id, direction }) => ({
          value: id,
          words: `${locale.vocabulary.direction[direction]} (${id})`,
        }))}
        onChoose={setAccessPoint}
      />
    ) : (
      refused !== undefined && (
        <Choices
          legend={dialog.whom}
          name="whom"
          value={whom}
          choices={[
            {
              value: refused.passage,
              words: fill(dialog.refusedAt, {
                who: personOf(locale, refused)?.words ?? '',
                time: clockText(language, refused.timeMs, timeZone),
              }),
            },
            { value: NOBODY, words: dialog.withoutPass },
          ]}
          onChoose={setWhom}
        />
      )
    );
  return (
    <ReasonDialog
      title={title}
      presets={presets.open}
      instant={true}
      draft={(note) => ({ type: 'open', accessPoint, ...named, note })}
      {...end}
    >
      {asked}
    </ReasonDialog>
  );
}

/** Changes the level. It applies to everybody, so the password is asked for again. */
function LevelDialog({ order, ...end }: { order: Extract<Order, { type: 'level' }> } & DialogEnd) {
  const { locale } = useWords();
  const { level: words, presets } = locale.guard;
  return (
    <ReasonDialog
      title={fill(words.ask, { level: levelWords(locale, order.level) })}
      effect={`${order.opensGate ? words.opens : words.checks} ${order.scheduled ? words.holds : ''}`.trim()}
      presets={presets.level}
      instant={false}
      weight={orderWeight(order, false)}
      draft={(note) => ({ type: 'level', level: order.level, note })}
      {...end}
    />
  );
}

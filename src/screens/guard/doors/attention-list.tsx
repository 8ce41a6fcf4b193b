import { isCall } from '../../../core/access/attention.ts';
import type { RequestAnswer } from '../../../core/report/data-request.ts';
import type { AttentionView, DecisionView } from '../../../ports/boards.ts';
import type { AssistView, DeviceView } from '../../../ports/gate-state.ts';
import { Icon, type IconName } from '../../shared/icon.tsx';
import { fill, type Locale, wordIn } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import { OrderButton } from '../order-button.tsx';
import { type Give, type PlainOrder, personOf } from '../orders.ts';
import { SendButton } from '../send-button.tsx';
import { TalkButton } from '../talk/talk-button.tsx';
import { useWords } from '../words.ts';
import { adviceOf, pushPersonIn } from './device-strip.tsx';

interface Props {
  readonly items: readonly AttentionView[];
  /** Decisions, to name the person of an item. */
  readonly decisions: readonly DecisionView[];
  readonly devices: readonly DeviceView[];
  /** Calls, to say whether one can be answered by voice. */
  readonly calls: readonly AssistView[];
  readonly onOrder: Give;
  readonly onSessionDoubt: () => Promise<void>;
}

type Doing = Omit<Props, 'items'>;

const ICONS: Record<AttentionView['kind'], IconName> = {
  lockOut: 'lock',
  emergency: 'warning',
  duress: 'dots',
  antipassback: 'person',
  lateReturn: 'person',
  orderBreached: 'warning',
  tamper: 'warning',
  forced: 'warning',
  heldOpen: 'warning',
  elevated: 'person',
  unanswered: 'bell',
  assist: 'bell',
  device: 'warning',
  logReset: 'warning',
  logAltered: 'warning',
  logBehind: 'warning',
  recordsUntrusted: 'warning',
  dataRequest: 'person',
  siteOrder: 'warning',
  levelWaits: 'warning',
  guessing: 'lock',
};

/** One line for several equal items of the same place. */
interface Line {
  readonly item: AttentionView;
  readonly ids: readonly string[];
  readonly count: number;
}

function linesOf(items: readonly AttentionView[]): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const item of items) {
    const key = [item.kind, item.role, item.accessPoint, item.over, item.request?.number].join(' ');
    const { ids = [], count = 0, item: newest = item } = lines.get(key) ?? {};
    lines.set(key, { item: newest, ids: [...ids, item.id], count: count + (item.count ?? 1) });
  }
  return [...lines.values()];
}

/**
 * What the guard must look at now. A duress item is not read aloud and has neither colour nor sound, because somebody
 * may be watching the person and this screen.
 */
export function AttentionList({ items, ...doing }: Props) {
  const loud = items.filter(({ kind }) => kind !== 'duress');
  const quiet = items.filter(({ kind }) => kind === 'duress');
  return (
    <div class="attention">
      <div role="alert">
        <Items items={loud} {...doing} />
      </div>
      <Items items={quiet} {...doing} />
    </div>
  );
}

function Items({ items, ...doing }: Props) {
  if (items.length === 0) return null;
  return (
    <ul>
      {linesOf(items).map((line) => (
        <Item key={line.ids[0]} line={line} {...doing} />
      ))}
    </ul>
  );
}

function Item({ line, decisions, devices, calls, onOrder, onSessionDoubt }: { readonly line: Line } & Doing) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.attention;
  const { item, ids, count } = line;
  const { kind, accessPoint, sinceMs, untilMs, over, passage, request } = item;
  const about = decisions.find((decision) => passage !== undefined && decision.passage === passage);
  const person = about && personOf(locale, about);
  const time = (atMs: number) => clockText(language, atMs, timeZone);
  const device = wordIn<string>(locale.vocabulary.deviceRole, item.role) ?? '';
  const ended = kind === 'device' ? words.deviceOver : kind === 'assist' ? words.assistOver : words.over;
  // No cable of the card can be looked at, and it decides whether anything opens: its own trouble is said at once.
  const card = item.role === 'log' && !over ? devices.find(({ role }) => role === 'log') : undefined;
  // It has no cable here either.
  const push =
    item.role === 'push' && !over ? devices.find(({ id }) => item.id === `device-${id}`) : undefined;
  const { title, do: advice } = card
    ? { title: words.cardTrouble, do: adviceOf(locale, card) }
    : push
      ? { title: words.kinds.device.title, do: adviceOf(locale, push) }
      : over
        ? ended
        : words.kinds[kind];
  return (
    <li class={isCall(item) ? `${kind} urgent` : kind}>
      <Icon name={ICONS[kind]} />
      <p>
        <strong>{fill(title, { device, ...requestWords(locale, request) })}</strong>{' '}
        {person && <span class="foreign">{person.words}</span>}{' '}
        <span class="where">
          {item.role === 'push' ? pushPersonIn(locale, accessPoint) : accessPoint} ·{' '}
          {count > 1 && fill(words.times, { count })} {time(sinceMs)}
          {untilMs !== undefined && ` · ${fill(over ? words.ended : words.until, { time: time(untilMs) })}`}
        </span>
        <br />
        <span>{advice}</span>
      </p>
      {kind === 'lockOut' && !over ? (
        <OrderButton
          onOrder={onOrder}
          order={{
            type: 'plain',
            title: fill(words.endLockOutAsk, { place: accessPoint }),
            presets: locale.guard.presets.lockOut,
            draft: (note) => ({ type: 'end-lock-out', accessPoint, note }),
          }}
        >
          {words.endLockOut}
        </OrderButton>
      ) : kind === 'assist' && !over ? (
        <span class="answers">
          <TalkButton
            call={calls.find((call) => call.accessPoint === accessPoint)}
            onSessionDoubt={onSessionDoubt}
          />
          <SendButton
            orders={[{ type: 'answer-assist', accessPoint, answer: 'coming' }]}
            words={words.coming}
            isMain
            onSessionDoubt={onSessionDoubt}
          />
          <SendButton
            orders={[{ type: 'answer-assist', accessPoint, answer: 'refused' }]}
            words={words.notComing}
            onSessionDoubt={onSessionDoubt}
          />
        </span>
      ) : kind === 'recordsUntrusted' ? (
        <OrderButton
          onOrder={onOrder}
          order={{
            type: 'plain',
            title: words.confirmRecordsAsk,
            effect: words.confirmRecordsEffect,
            presets: locale.guard.presets.confirmRecords,
            draft: (note) => ({ type: 'confirm-records', note }),
          }}
        >
          {words.confirmRecords}
        </OrderButton>
      ) : request !== undefined ? (
        <RequestButtons onOrder={onOrder} request={request} />
      ) : (
        // What waits is answered beside the order itself.
        kind !== 'siteOrder' &&
        kind !== 'levelWaits' && (
          <SendButton
            orders={ids.map((id) => ({ type: 'seen', id }))}
            words={words.seen}
            onSessionDoubt={onSessionDoubt}
          />
        )
      )}
    </li>
  );
}

function requestWords({ guard }: Locale, request: AttentionView['request']) {
  if (request === undefined) return {};
  const { requestCopy, requestErasure } = guard.attention;
  return { number: request.number, what: request.kind === 'export' ? requestCopy : requestErasure };
}

/** A request is answered, not seen: data are handed out or erased only when somebody stands for it. */
function RequestButtons({
  request: { number, kind },
  onOrder,
}: { readonly request: NonNullable<AttentionView['request']> } & Pick<Props, 'onOrder'>) {
  const { locale } = useWords();
  const { attention: words, presets } = locale.guard;
  const answer = (
    said: RequestAnswer,
    title: string,
    effect: string,
    ready: readonly string[],
  ): PlainOrder => ({
    type: 'plain',
    title: fill(title, { number }),
    effect: fill(effect, { number }),
    presets: ready,
    draft: (note) => ({ type: 'answer-request', request: number, answer: said, note }),
  });
  const effect = kind === 'export' ? words.confirmCopyEffect : words.confirmErasureEffect;
  return (
    <span class="answers">
      <OrderButton
        onOrder={onOrder}
        order={answer('confirmed', words.confirmRequestAsk, effect, presets.confirmRequest)}
      >
        {words.confirmRequest}
      </OrderButton>
      <OrderButton
        onOrder={onOrder}
        order={answer('refused', words.refuseRequestAsk, words.refuseRequestEffect, presets.refuseRequest)}
      >
        {words.refuseRequest}
      </OrderButton>
    </span>
  );
}

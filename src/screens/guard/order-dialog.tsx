import { useEffect, useRef, useState } from 'preact/hooks';
import type { DoorModeVerb } from '../../ports/guard-desk.ts';
import type { DoorView, SiteView } from '../../ports/guard-feed.ts';
import { postJson, sentenceOf } from '../shared/api.ts';
import type { Locale } from '../shared/locale.ts';
import { useWords } from './words.ts';

/** Something the guard wants done; it still needs a reason. */
export type Order =
  | { readonly type: 'open'; readonly accessPoints: SiteView['accessPoints'] }
  | { readonly type: 'refuse'; readonly accessPoint: string }
  | { readonly type: 'door'; readonly door: DoorView; readonly verb: DoorModeVerb };

interface Props {
  readonly order: Order;
  readonly onClose: () => void;
  readonly onSessionDoubt: () => Promise<void>;
}

const LONGEST_NOTE = 200;
/** A scanner in keyboard mode types passes into whatever has the focus; such text is never a reason. */
const PASS_TEXT = /G[PR]1:/i;

function titleOf(
  locale: Locale,
  order: Order,
): { title: string; effect?: string; presets: readonly string[] } {
  const { doors, people, presets } = locale.guard;
  switch (order.type) {
    case 'open': {
      const only = order.accessPoints.length === 1 ? order.accessPoints[0] : undefined;
      const title = only === undefined ? doors.open : only.direction === 'in' ? people.letIn : people.letOut;
      return { title, presets: presets.open };
    }
    case 'refuse':
      return { title: people.turnAway, presets: presets.refuse };
    case 'door': {
      const { question, effect } = doors.verbs[order.verb];
      return { title: `${order.door.name}: ${question}`, effect, presets: presets.door };
    }
  }
}

function requestOf(order: Order, accessPoint: string, note: string): [string, object] {
  switch (order.type) {
    case 'open':
      return ['/api/guard/open', { accessPoint, note }];
    case 'refuse':
      return ['/api/guard/refuse', { accessPoint: order.accessPoint, note }];
    case 'door':
      return ['/api/guard/door', { door: order.door.door, verb: order.verb, note }];
  }
}

/** Asks why, then sends. One press on a ready-made reason is enough for one person; a door's mode needs a confirm. */
export function OrderDialog({ order, onClose, onSessionDoubt }: Props) {
  const { locale } = useWords();
  const words = locale.guard.dialog;
  const { title, effect, presets } = titleOf(locale, order);
  const dialog = useRef<HTMLDialogElement>(null);
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const points = order.type === 'open' ? order.accessPoints : [];
  const [accessPoint, setAccessPoint] = useState(points[0]?.id ?? '');
  useEffect(() => dialog.current?.showModal(), []);

  const send = async (reason: string) => {
    const text = reason.trim();
    if (busy) return;
    if (text === '') return setProblem(words.empty);
    if (PASS_TEXT.test(text)) {
      setNote('');
      return setProblem(words.scanned);
    }
    setBusy(true);
    setProblem(undefined);
    const answer = await postJson(...requestOf(order, accessPoint, text));
    setBusy(false);
    if (answer === 'unreachable') return setProblem(words.noAnswer);
    if (answer.status === 200) return onClose();
    if (answer.status === 401) return onSessionDoubt();
    setProblem(`${words.refused} ${sentenceOf(answer)}`);
  };

  return (
    <dialog ref={dialog} aria-labelledby="order-title" onClose={onClose}>
      <h2 id="order-title" class="order-title">
        {title}
      </h2>
      {effect && <p class="effect">{effect}</p>}
      {points.length > 1 && (
        <fieldset class="choices">
          <legend>{words.direction}</legend>
          {points.map(({ id, direction }) => (
            <label key={id}>
              <input
                type="radio"
                name="accessPoint"
                checked={id === accessPoint}
                onChange={() => setAccessPoint(id)}
              />
              {locale.vocabulary.direction[direction]} ({id})
            </label>
          ))}
        </fieldset>
      )}
      <p>{words.why}</p>
      <div class="presets">
        {presets.map((preset) => (
          <button
            key={preset}
            type="button"
            disabled={busy}
            aria-pressed={order.type === 'door' ? note === preset : undefined}
            onClick={() => (order.type === 'door' ? setNote(preset) : void send(preset))}
          >
            {preset}
          </button>
        ))}
      </div>
      <label class="field">
        <span>{words.own}</span>
        <input
          type="text"
          value={note}
          maxLength={LONGEST_NOTE}
          autoComplete="off"
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <p role="alert" class="problem">
        {problem}
      </p>
      <div class="actions">
        <button type="button" class="primary" disabled={busy} onClick={() => void send(note)}>
          {words.do}
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          {words.cancel}
        </button>
      </div>
    </dialog>
  );
}

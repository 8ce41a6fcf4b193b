import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type {
  HistoryAnswer,
  HistoryLine,
  HistoryQuestion,
  OpenedPassage,
} from '../../../ports/passage-history.ts';
import { type Answer, postJson } from '../../shared/api.ts';
import type { BookProps } from '../books/book-props.ts';
import { problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';
import { FoundLines } from './found-lines.tsx';
import { OpenedCard } from './opened-card.tsx';
import { QuestionForm } from './question-form.tsx';
import './history.css';

/** A search takes at most a few seconds of the gate's time, and others may be before it. */
const TIMEOUT_MS = 15_000;
/** So near to the lower edge nothing of the lines can be seen. */
const TITLE_PX = 160;

interface Found extends Pick<HistoryAnswer, 'fromMs' | 'toMs' | 'bounds' | 'next'> {
  readonly question: HistoryQuestion;
  readonly lines: readonly HistoryLine[];
}

/** Who came by: a question, the passages that fit, and one of them as a whole. */
export function HistoryBook({ picture, nowMs, onSessionDoubt }: BookProps) {
  const { locale } = useWords();
  const words = locale.guard.history;
  const [found, setFound] = useState<Found>();
  const [opened, setOpened] = useState<OpenedPassage>();
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const cameFrom = useRef<number>();
  useEffect(() => {
    if (opened !== undefined) heading.current?.focus();
    else if (cameFrom.current !== undefined) document.getElementById(`line-${cameFrom.current}`)?.focus();
  }, [opened]);

  const ask = async (path: string, body: object): Promise<Exclude<Answer, 'unreachable'> | undefined> => {
    if (busy) return undefined;
    setBusy(true);
    setSaid(words.searching);
    const answer = await postJson(path, body, TIMEOUT_MS);
    setBusy(false);
    setSaid('');
    if (answer !== 'unreachable' && (answer.status === 200 || answer.status === 404)) return answer;
    const problem = answer === 'unreachable' ? locale.guard.dialog.noAnswer : problemOf(locale, answer);
    if (problem === undefined) await onSessionDoubt();
    else setSaid(problem);
    return undefined;
  };
  const search = async (question: HistoryQuestion) => {
    const answer = await ask('/api/history/search', question);
    if (answer?.status !== 200) return;
    // Both are built from the same port.
    const { lines, ...rest } = answer.body as unknown as HistoryAnswer;
    setOpened(undefined);
    const { from, ...begun } = question;
    const before = from === undefined ? [] : (found?.lines ?? []);
    setFound({ ...rest, question: begun, lines: joined(before, lines) });
  };
  const open = async (sequence: number) => {
    cameFrom.current = sequence;
    const answer = await ask('/api/history/open', { sequence });
    if (answer?.status === 404) setSaid(words.gone);
    if (answer?.status === 200) setOpened(answer.body as unknown as OpenedPassage);
  };

  useEffect(() => {
    // On a phone what was found lies below the question.
    const title = document.getElementById('found');
    if (title !== null && title.getBoundingClientRect().top > window.innerHeight - TITLE_PX)
      title.scrollIntoView();
  }, [found]);
  // Lines are many, and the page is drawn anew each second.
  const lines = useMemo(
    () =>
      found && (
        <FoundLines
          {...found}
          busy={busy}
          onOpen={(sequence) => void open(sequence)}
          onOlder={(from) => void search({ ...found.question, from })}
        />
      ),
    [found, busy, locale],
  );
  const status = (
    <p role="status" class={busy ? '' : 'problem'}>
      {said}
    </p>
  );
  if (opened !== undefined)
    return (
      <div class="history">
        {status}
        <OpenedCard
          opened={opened}
          heading={heading}
          onBack={() => setOpened(undefined)}
          onAllOf={(person) => void search({ period: { of: 'kept' }, ...person })}
        />
      </div>
    );
  return (
    <div class="history">
      <p class="fine">{words.recorded}</p>
      <QuestionForm
        points={picture.site?.accessPoints ?? []}
        decisions={picture.decisions}
        nowMs={nowMs}
        busy={busy}
        onSearch={(question) => void search(question)}
      />
      {status}
      {lines}
    </div>
  );
}

/** Lines of a further answer behind those before; what is left of erased rows of one hour may be in both. */
function joined(before: readonly HistoryLine[], more: readonly HistoryLine[]): readonly HistoryLine[] {
  const lines = [...before];
  for (const line of more) {
    const at = line.form === 'reduced' ? lines.findIndex((one) => isSameErased(one, line)) : -1;
    const known = lines[at];
    if (known?.form === 'reduced' && line.form === 'reduced')
      lines[at] = { ...known, count: known.count + line.count };
    else lines.push(line);
  }
  return lines;
}

function isSameErased(one: HistoryLine, other: HistoryLine & { form: 'reduced' }): boolean {
  return (
    one.form === 'reduced' &&
    one.timeMs === other.timeMs &&
    one.decision === other.decision &&
    one.reason === other.reason
  );
}

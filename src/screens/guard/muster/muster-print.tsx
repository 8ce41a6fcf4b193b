import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { MusterTick } from '../../../core/report/muster.ts';
import type { MusterSheet } from '../../../ports/muster-book.ts';
import { fill } from '../../shared/locale.ts';
import { clockText, dayText } from '../../shared/times.ts';
import { useWords, type Words } from '../words.ts';
import { doubtWords } from './muster-doubts.tsx';
import { byUnit, nameOf, unitOf } from './muster-people.tsx';

interface Props {
  readonly sheet: MusterSheet;
  readonly ticks: ReadonlyMap<number, MusterTick>;
}

/** How long photographs are waited for before the list is printed without those that are not there, in milliseconds. */
const PHOTOS_WITHIN_MS = 20_000;

/**
 * The whole list on paper, with a box and the photograph for each person. Thousands of lines are drawn only when the page is
 * printed: by the button below once the photographs are there, by the browser's own command with those that are.
 */
export function MusterPrint(props: Props) {
  const words = useWords().locale.guard.muster;
  const [busy, setBusy] = useState(false);
  const printed = async () => {
    if (busy) return;
    setBusy(true);
    draw.current?.();
    const photos = [...(paper.current?.querySelectorAll('img') ?? [])];
    const late = new Promise((resolve) => setTimeout(resolve, PHOTOS_WITHIN_MS));
    // One that cannot be shown leaves its place empty.
    await Promise.race([Promise.allSettled(photos.map((photo) => photo.decode())), late]);
    setBusy(false);
    print();
  };
  const context = useWords();
  const paper = useRef<HTMLDivElement>(null);
  const draw = useRef<() => void>();
  draw.current = () => paper.current && render(<Table {...props} context={context} />, paper.current);
  useEffect(() => {
    const before = () => draw.current?.();
    const after = () => paper.current && render(null, paper.current);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);
  return (
    <>
      <button type="button" disabled={busy} onClick={() => void printed()}>
        {words.print}
      </button>
      <div ref={paper} class="muster-print" />
    </>
  );
}

function Table({ sheet: { muster, people }, ticks, context }: Props & { readonly context: Words }) {
  const { language, locale, timeZone } = context;
  const words = locale.guard.muster;
  const at = (ms: number) => `${dayText(language, ms, timeZone)} ${clockText(language, ms, timeZone)}`;
  return (
    <>
      <ul>
        {doubtWords(locale, muster.doubts, muster.people).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <table>
        <caption>
          {fill(words.list, { number: muster.number })}, {words.cause[muster.cause]}, {at(muster.startedMs)}
        </caption>
        <thead>
          <tr>
            {(['seen', 'photo', 'unit', 'name', 'since'] as const).map((column) => (
              <th key={column} scope="col">
                {words.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byUnit(people, language).map((person) => {
            const tick = ticks.get(person.line);
            return (
              <tr key={person.line}>
                <td>{tick ? `☑ ${clockText(language, tick.atMs, timeZone)}` : '☐'}</td>
                <td>
                  {person.holder?.hasPhotograph && person.holderRef && (
                    <img src={`/api/guard/photo/${person.holderRef}`} alt="" width="36" height="45" />
                  )}
                </td>
                <td class="foreign">{unitOf(person)}</td>
                <td class="foreign">{nameOf(context, person)}</td>
                <td>{at(person.sinceMs)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

import type { MusterDoubts as Doubts } from '../../../core/report/muster.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale } from '../../shared/locale.ts';
import { useWords } from '../words.ts';

/** What speaks against the list, in words; the last one always does. */
export function doubtWords(locale: Locale, doubts: Doubts, people: number): readonly string[] {
  const words = locale.guard.muster.doubts;
  const { counted, outUnnamed, inUnnamed, whileOpen, long, doubted } = doubts;
  return [
    ...(doubted ? [words.doubted] : []),
    ...(counted === people ? [] : [fill(words.counted, { count: counted, people })]),
    ...(inUnnamed > 0 ? [fill(words.inUnnamed, { count: inUnnamed })] : []),
    ...(outUnnamed > 0 ? [fill(words.outUnnamed, { count: outUnnamed })] : []),
    ...(whileOpen > 0 ? [fill(words.whileOpen, { count: whileOpen })] : []),
    ...(long > 0 ? [fill(words.long, { count: long })] : []),
    words.always,
  ];
}

/** How sure the list is: nobody should rely on it for more than it knows. */
export function MusterDoubts({ doubts, people }: { readonly doubts: Doubts; readonly people: number }) {
  const { locale } = useWords();
  const { sure, unsure } = locale.guard.muster.doubts;
  const lines = doubtWords(locale, doubts, people);
  return (
    <details class="muster-doubts">
      <summary>
        <Icon name="warning" /> {lines.length > 1 ? unsure : sure}
      </summary>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
}

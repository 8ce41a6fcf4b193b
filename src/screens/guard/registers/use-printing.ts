import { useState } from 'preact/hooks';
import { postJson } from '../../shared/api.ts';
import { type Locale, wordIn } from '../../shared/locale.ts';
import { drawWords, type SlipLine } from './slip-words.ts';

/** A slip that waits for others, on a slow line. */
const TIMEOUT_MS = 240_000;

/** What is said about a slip; `failed` is an alert. */
export interface Printing {
  readonly state: 'printing' | 'done' | 'failed';
  readonly words: string;
}

/** Prints slips on the receipt printer of the desk. @param onSessionDoubt called when the session may be over */
export function usePrinting(locale: Locale, onSessionDoubt: () => Promise<void>) {
  const [printing, setPrinting] = useState<Printing>();
  const words = locale.guard.visitorPass.printer;
  const print = async (passId: string, lines: readonly SlipLine[], dots: number) => {
    setPrinting({ state: 'printing', words: words.printing });
    const body = { passId, words: drawWords(lines, dots) };
    const answer = await postJson('/api/guard/print-pass', body, TIMEOUT_MS);
    if (answer !== 'unreachable' && answer.status === 401) await onSessionDoubt();
    const { status, cause } = answer === 'unreachable' ? {} : answer.body;
    if (status === 'printed' || status === 'sent') setPrinting({ state: 'done', words: words[status] });
    else
      setPrinting({ state: 'failed', words: wordIn<string>(words.failed, String(cause)) ?? words.unknown });
  };
  return { printing, print };
}

import { useState } from 'preact/hooks';
import { postJson } from '../../shared/api.ts';
import { type Locale, wordIn } from '../../shared/locale.ts';
import { drawWords, type SlipLine } from './slip-words.ts';

/** A slip that waits for others, on a slow line. */
const TIMEOUT_MS = 240_000;

/** What became of a slip; `failed` is why not, as the gate names it. */
type Outcome = 'printing' | 'printed' | 'sent' | { readonly failed: string };

/** What is said about a slip; `failed` is an alert. */
interface Printing {
  readonly state: 'printing' | 'done' | 'failed';
  readonly words: string;
}

/** Prints slips on the receipt printer of the desk. @param onSessionDoubt called when the session may be over */
export function usePrinting(locale: Locale, onSessionDoubt: () => Promise<void>) {
  const [outcome, setOutcome] = useState<Outcome>();
  const print = async (passId: string, lines: readonly SlipLine[], dots: number) => {
    setOutcome('printing');
    const body = { passId, words: drawWords(lines, dots) };
    const answer = await postJson('/api/guard/print-pass', body, TIMEOUT_MS);
    if (answer !== 'unreachable' && answer.status === 401) await onSessionDoubt();
    const { status, cause } = answer === 'unreachable' ? {} : answer.body;
    setOutcome(status === 'printed' || status === 'sent' ? status : { failed: String(cause) });
  };
  return { printing: outcome && said(locale, outcome), print };
}

function said({ guard }: Locale, outcome: Outcome): Printing {
  const words = guard.visitorPass.printer;
  if (typeof outcome === 'object')
    return { state: 'failed', words: wordIn<string>(words.failed, outcome.failed) ?? words.unknown };
  return { state: outcome === 'printing' ? outcome : 'done', words: words[outcome] };
}

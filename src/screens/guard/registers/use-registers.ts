import { useCallback, useEffect, useState } from 'preact/hooks';
import type { RegisterLine } from '../../../core/policy/register-line.ts';
import type { RegisterView } from '../../../ports/register-desk.ts';
import { getJson } from '../../shared/api.ts';

/** Others at other screens note people in and out too. */
const EVERY_MS = 30_000;

export interface Registers {
  readonly inside: readonly RegisterLine[];
  /** Newest first. */
  readonly lines: readonly RegisterView[];
  readonly isLast: boolean;
}

type Page = Registers | undefined;

function beganMs(line: RegisterView): number {
  return line.register === 'visitor' ? line.fromMs : line.cameMs;
}

/**
 * The registers of the gate, read again whenever `change` changes. `more` reads on behind the last line.
 * @param onSessionDoubt called when the session may be over
 */
export function useRegisters(change: string, onSessionDoubt: () => Promise<void>) {
  const [first, setFirst] = useState<Page>();
  const [older, setOlder] = useState<Registers>();
  const [failed, setFailed] = useState(false);

  const read = useCallback(
    async (path: string): Promise<Page> => {
      const answer = await getJson(`/api/guard/registers${path}`);
      if (answer !== 'unreachable' && answer.status === 401) await onSessionDoubt();
      const page = answer !== 'unreachable' && answer.status === 200 ? answer.body : undefined;
      setFailed(page === undefined);
      // The server's word: both are built from the same port.
      return page as unknown as Page;
    },
    [onSessionDoubt],
  );
  const look = useCallback(async () => {
    const page = await read('');
    if (page !== undefined) setFirst(page);
  }, [read]);
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), EVERY_MS);
    return () => clearInterval(timer);
  }, [look, change]);

  const shown = [...(first?.lines ?? []), ...(older?.lines ?? [])];
  const last = shown.at(-1);
  const more = async () => {
    const page = last && (await read(`?before=${beganMs(last)}`));
    if (page) setOlder({ ...page, lines: [...(older?.lines ?? []), ...page.lines] });
  };
  return {
    inside: first?.inside ?? [],
    // A line that slipped into the second page since it was read stands in both.
    lines: [...new Map(shown.map((line) => [keyOf(line), line])).values()],
    isLast: (older ?? first)?.isLast ?? true,
    failed,
    look,
    more,
  };
}

export function keyOf(line: RegisterView): string {
  return line.register === 'visitor' ? line.passId : line.id;
}

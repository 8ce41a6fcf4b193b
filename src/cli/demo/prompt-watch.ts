import { WebSocket } from 'ws';
import { attributesOf } from '../../core/access/reasons.ts';
import type { Feedback } from '../../core/access/vocabulary.ts';
import { GatepostError } from '../../core/errors.ts';
import type { PromptView } from '../../ports/resident-prompt.ts';

/** Longer than two measurements with the pause between them. */
const PATIENCE_MS = 60_000;

/** While the screen shows one of these, another code would be told to wait. */
const BUSY: ReadonlySet<Feedback> = new Set<Feedback>(['Measure', 'GuardCalled', 'AccessGranted']);

/** Follows the resident's screen of a running gate and reports it as sentences. */
export class PromptWatch {
  readonly #socket: WebSocket;
  readonly #said: PromptView[] = [];
  #wake: () => void = () => undefined;
  #over = false;
  #shown: PromptView | undefined;

  /** @throws GatepostError `usage` if the gate has no such access point */
  static async open(url: string, accessPoint: string): Promise<PromptWatch> {
    const address = new URL(`/ws/prompt?accessPoint=${encodeURIComponent(accessPoint)}`, url);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const watch = new PromptWatch(new WebSocket(address, { origin: new URL(url).origin }));
    watch.#shown = await watch.#next();
    if (watch.#over) {
      throw new GatepostError(
        'usage',
        `The gate at ${url} shows no screen of the access point "${accessPoint}".`,
      );
    }
    return watch;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const updates = JSON.parse(String(data)) as readonly { topic: string; value?: unknown }[];
      for (const { topic, value } of updates) if (topic === 'prompt') this.#said.push(value as PromptView);
      this.#wake();
    });
    const end = () => {
      this.#over = true;
      this.#wake();
    };
    socket.on('close', end);
    socket.on('error', end);
  }

  /** Waits until the person at the gate has finished. */
  async free(tell: (sentence: string) => void): Promise<void> {
    let told = false;
    while (this.#shown !== undefined && BUSY.has(this.#shown.feedback)) {
      if (!told) tell('Somebody is at the gate; this one waits …');
      told = true;
      this.#shown = await this.#next();
    }
  }

  /** Reports what the gate decides for the code shown next; resolves with the decision. */
  async verdict(tell: (sentence: string) => void): Promise<void> {
    const timer = setTimeout(() => {
      this.#over = true;
      this.#wake();
    }, PATIENCE_MS);
    let told = '';
    for (;;) {
      const view = await this.#next();
      if (view === undefined) {
        tell(
          'The gate decided nothing. A code that is shown again within three seconds counts as the same showing.',
        );
        break;
      }
      const { sentence, final } = wordsOf(view);
      if (sentence !== undefined && sentence !== told) tell(sentence);
      told = sentence ?? told;
      if (final) break;
    }
    clearTimeout(timer);
  }

  close(): void {
    this.#socket.terminate();
  }

  async #next(): Promise<PromptView | undefined> {
    while (this.#said.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#said.shift();
  }
}

function wordsOf({ feedback, reason, cause, waitSeconds }: PromptView): {
  sentence?: string;
  final: boolean;
} {
  const why = reason === undefined ? '' : `: ${attributesOf(reason).means} (${reason})`;
  if (cause === 'one_at_a_time') return { sentence: 'Not now: one person at a time.', final: true };
  switch (feedback) {
    case 'AccessGranted':
      return { sentence: 'Granted: the gate opens.', final: true };
    case 'AccessDenied':
    case 'RetryIdentifier':
      return { sentence: `Denied${why}.`, final: true };
    case 'GuardCalled':
      return { sentence: `The gate stays shut and asks the guard${why}.`, final: true };
    case 'Wait':
      return { sentence: `The person is asked to wait: ${cause ?? 'a moment'}.`, final: true };
    case 'Fault':
      return { sentence: `The gate has a fault${why}.`, final: true };
    case 'Measure':
      return {
        sentence:
          waitSeconds === undefined
            ? 'The forehead is measured …'
            : `Above the threshold: measured once more in ${waitSeconds} s …`,
        final: false,
      };
    default:
      return { final: false };
  }
}

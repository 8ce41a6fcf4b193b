import { type Answer, postJson } from '../../shared/api.ts';
import { PACE_MS, SETTLE_MS } from '../../shared/paced-keys.ts';

/** Shortest movement of the pointer that counts as input, in CSS pixels: a mouse can tremble on its table. */
const FAR_ENOUGH = 8;

/**
 * Detects input of a person at this desk: a pointer that moves, or keys at the pace of a person. Keys of a scanner in
 * keyboard mode and the requests that the page itself sends every few seconds do not count. The page only reports
 * input; the gate decides whether the desk is attended.
 */
export class DeskActivity {
  readonly #onAttended: (attended: boolean) => void;
  #moved = false;
  #pointer: { readonly x: number; readonly y: number } | undefined;
  #lastKeyMs = Number.NEGATIVE_INFINITY;
  #alone: ReturnType<typeof setTimeout> | undefined;
  #listening: AbortController | undefined;

  /** @param onAttended what the gate answered */
  constructor(onAttended: (attended: boolean) => void) {
    this.#onAttended = onAttended;
  }

  start(): void {
    if (this.#listening !== undefined) return;
    this.#listening = new AbortController();
    const options = { capture: true, passive: true, signal: this.#listening.signal };
    addEventListener('pointermove', (event) => this.#onMove(event), options);
    for (const name of ['pointerdown', 'wheel'] as const) {
      addEventListener(name, (event) => this.#note(event), options);
    }
    addEventListener('keydown', (event) => this.#onKey(event), options);
  }

  stop(): void {
    this.#listening?.abort();
    this.#listening = undefined;
    clearTimeout(this.#alone);
  }

  /** Reports to the gate that the page is open, and whether there was input since the last report. */
  readonly report = async (timeoutMs?: number): Promise<Answer> => {
    const attended = this.#moved;
    this.#moved = false;
    const answer = await postJson('/api/session', attended ? { attended } : {}, timeoutMs);
    if (answer === 'unreachable') this.#moved ||= attended;
    else if (typeof answer.body.attended === 'boolean') this.#onAttended(answer.body.attended);
    return answer;
  };

  /** Sends the password that ends the unattended state. */
  async enter(password: string): Promise<Answer> {
    const answer = await postJson('/api/session', { password });
    if (answer !== 'unreachable' && answer.status === 200) this.#onAttended(true);
    return answer;
  }

  #note({ isTrusted }: Event): void {
    if (isTrusted) this.#moved = true;
  }

  /** Counts a real movement only: browsers also send moves when the page changes under a pointer at rest. */
  #onMove(event: PointerEvent): void {
    const { screenX: x, screenY: y } = event;
    const before = this.#pointer;
    if (before !== undefined && Math.hypot(x - before.x, y - before.y) < FAR_ENOUGH) return;
    this.#pointer = { x, y };
    if (before !== undefined) this.#note(event);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.repeat) return;
    const paced = event.timeStamp - this.#lastKeyMs >= PACE_MS;
    this.#lastKeyMs = event.timeStamp;
    clearTimeout(this.#alone);
    if (paced) this.#alone = setTimeout(() => this.#note(event), SETTLE_MS);
  }
}

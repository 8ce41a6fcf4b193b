import { isPass, likenessOf } from '../../src/core/scan/chosen-codes.ts';
import { MAX_CODE_CHARACTERS, type ScannedCode } from '../../src/core/scan/scanned-code.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { CodeReaderEvent } from '../../src/ports/code-reader.ts';
import { type BegunCode, CodeSilence } from './code-silence.ts';
import { Silence } from './silence.ts';

/**
 * Lines with a shorter pause than this are one code that contains line ends, because two codes cannot be shown so fast.
 */
const SAME_CODE_MS = 80;
/** Limits of one code. Lines beyond them are noise and are reported one by one. */
const ONE_CODE = { characters: MAX_CODE_CHARACTERS, ms: 2_000 } as const;

/** Lines that came without a pause between them. */
interface Burst {
  /** Monotonic milliseconds at which the first of them began. */
  readonly sinceMs: number;
  characters: number;
  /** The events to report if nothing follows. */
  readonly held: CodeReaderEvent[];
  /** `pass`: one of them was a pass; `noise`: they are too many. */
  kind: 'open' | 'pass' | 'noise';
}

/** Cuts the bytes of a line into codes, by line ends only. */
interface LineCutter extends BegunCode {
  /** Whether a line has begun and has not ended yet. */
  readonly pending: boolean;
  push(bytes: Uint8Array): readonly ScannedCode[];
  /** Ends the line that has begun. */
  flush(): ScannedCode | undefined;
}

/**
 * The codes of one connection. A pass is reported at once; other lines before and behind it in the same scan are not
 * codes of their own. Of a scan without a pass one line is reported, the one most similar to a pass, after the line
 * has been silent.
 */
export class ScanLine {
  readonly #silence: CodeSilence;
  readonly #same: Silence;
  readonly #cutter: LineCutter;
  readonly #clock: Clock;
  readonly #onEvent: (event: CodeReaderEvent) => void;
  #beganMs = 0;
  #lastByteMs = 0;
  #burst: Burst | undefined;

  constructor(deps: {
    readonly clock: Clock;
    /** Silence that ends a code without a line end, in milliseconds. */
    readonly idleMs: number;
    readonly cutter: LineCutter;
    readonly onEvent: (event: CodeReaderEvent) => void;
  }) {
    const { clock, idleMs, cutter, onEvent } = deps;
    this.#clock = clock;
    this.#cutter = cutter;
    this.#onEvent = onEvent;
    this.#same = new Silence(clock, SAME_CODE_MS, () => {
      if (!cutter.pending) this.#tell();
    });
    this.#silence = new CodeSilence({
      clock,
      idleMs,
      code: cutter,
      onEnd: (how) => {
        const lengthBytes = cutter.begun.length;
        const code = cutter.flush();
        if (code !== undefined)
          this.#take(how === 'ended' ? code : { type: 'rejected', cause: 'incomplete', lengthBytes });
        this.#tell();
      },
    });
  }

  receive(bytes: Uint8Array, atMs = this.#clock.read().monotonicMs): void {
    if (this.#silence.stopped) return;
    this.#lastByteMs = atMs;
    if (!this.#cutter.pending) this.#beganMs = atMs;
    for (const code of this.#cutter.push(bytes)) {
      this.#take(code);
      this.#beganMs = atMs;
    }
    this.#silence.restart(this.#cutter.pending);
    const burst = this.#burst;
    if (burst !== undefined && atMs - burst.sinceMs > ONE_CODE.ms && !this.#mayBecomePass())
      this.#giveUp(burst);
    this.#same.restart(burst !== undefined);
  }

  /** Stops it for good and drops an incomplete code. Idempotent. */
  stop(): void {
    this.#silence.stop();
    this.#same.stop();
    this.#burst = undefined;
  }

  /** Such a code ends by itself. Looks at all that has begun, so it is asked only where the answer counts. */
  #mayBecomePass(): boolean {
    return this.#cutter.pending && this.#cutter.begun.startsWith('G');
  }

  #take(code: ScannedCode): void {
    this.#burst ??= { sinceMs: this.#beganMs, characters: 0, held: [], kind: 'open' };
    const burst = this.#burst;
    const isOne = burst.kind !== 'noise';
    const event = { ...code, beganMs: isOne ? burst.sinceMs : this.#beganMs, atMs: this.#lastByteMs };
    if (isPass(code)) {
      if (isOne) burst.kind = 'pass';
      burst.held.length = 0;
      this.#onEvent(event);
      return;
    }
    burst.characters += code.type === 'code' ? code.text.length : code.lengthBytes;
    if (burst.kind === 'open') burst.held.push(event);
    else if (burst.kind === 'noise') this.#onEvent(event);
    if (burst.characters > ONE_CODE.characters && burst.held.length > 1) this.#giveUp(burst);
  }

  /** The lines of this burst are not one code. */
  #giveUp(burst: Burst): void {
    burst.kind = 'noise';
    for (const event of burst.held.splice(0)) this.#onEvent(event);
  }

  /** The burst has ended. */
  #tell(): void {
    const [first, ...more] = this.#burst?.held ?? [];
    this.#burst = undefined;
    this.#same.restart(false);
    if (first === undefined) return;
    this.#onEvent(more.reduce((best, event) => (likenessOf(event) > likenessOf(best) ? event : best), first));
  }
}

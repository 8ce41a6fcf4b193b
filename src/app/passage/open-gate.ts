import { type ParsedPass, parsePass } from '../../core/pass/parse-pass.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { AccessPointScreens } from './access-point-screens.ts';
import type { OpenWay } from './open-way.ts';
import type { TakenCode } from './scanned-codes.ts';

/** The same code within this time is the same showing of it, in milliseconds. */
const SAME_SHOWING_MS = 3_000;

export interface OpenGateOptions {
  readonly way: OpenWay;
  readonly screens: AccessPointScreens;
  /** How long the greeting stays on the resident's screen, in milliseconds. */
  readonly greetMs: number;
  readonly clock: Clock;
}

/** An access point whose level holds the gate open: who shows a code is greeted, and counted if it is a pass. */
export class OpenGate {
  readonly #deps: OpenGateOptions;
  #cancelGreeting: Cancel | undefined;
  #last: { readonly codeKey: string; readonly atMs: number } | undefined;

  constructor(options: OpenGateOptions) {
    this.#deps = options;
  }

  /** Deals with a code if whoever shows it just walks through here; says what it was, or undefined where it did not. */
  takes({ code, codeKey }: TakenCode): ParsedPass | undefined {
    const { way } = this.#deps;
    if (!way.isOpen) {
      // Who comes now is attended to: a greeting that is still shown must not end in the middle of it.
      this.stop();
      return undefined;
    }
    const shown = parsePass(code.text);
    const { monotonicMs } = code.clock;
    const last = this.#last;
    this.#last = { codeKey, atMs: monotonicMs };
    if (last?.codeKey === codeKey && monotonicMs - last.atMs < SAME_SHOWING_MS) return shown;
    // A scanner sends noise too, and noise is nobody.
    if (shown.status === 'parsed') way.count(code.clock);
    if (code.text !== '') this.#greet();
    return shown;
  }

  stop(): void {
    this.#cancelGreeting?.();
    this.#cancelGreeting = undefined;
  }

  #greet(): void {
    const { screens, clock, greetMs } = this.#deps;
    screens.show({ feedback: 'AccessGranted', reasons: [] }, undefined);
    this.#cancelGreeting?.();
    this.#cancelGreeting = clock.schedule(greetMs, () =>
      screens.show({ feedback: 'Idle', reasons: [] }, undefined),
    );
  }
}

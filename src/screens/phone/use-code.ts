import { useEffect, useState } from 'preact/hooks';
import { STEP_SECONDS, stepAt } from '../../core/pass/dynamic-code.ts';
import { type HeldPass, phoneCode } from './held-pass.ts';
import type { OwnKey } from './own-key.ts';

const STEP_MS = STEP_SECONDS * 1000;
/** So long before it is shown the next code is made, in milliseconds: signing takes a slow phone a while. */
const AHEAD_MS = 3_000;

interface StepCode {
  readonly step: number;
  readonly text: string;
}

/**
 * The code of the present step. The next one is ready before it is shown, and is shown while the gate still takes the old
 * one; undefined until the first is ready, and after sleep until there is one of now.
 */
export function usePhoneCode(pass: HeldPass, key: OwnKey): string | undefined {
  const [shown, setShown] = useState<StepCode>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    let ready: StepCode | undefined;
    const codeOf = async (step: number): Promise<StepCode> =>
      ready?.step === step ? ready : { step, text: await phoneCode(pass, key, step) };
    const show = async (): Promise<void> => {
      const code = await codeOf(stepAt(Date.now()));
      if (ended) return;
      setShown(code);
      later((code.step + 1) * STEP_MS - AHEAD_MS, prepare);
    };
    const prepare = async (): Promise<void> => {
      const next = stepAt(Date.now() + AHEAD_MS);
      ready = await codeOf(next);
      if (!ended) later(next * STEP_MS, show);
    };
    const later = (atMs: number, what: () => Promise<void>): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void what(), Math.max(0, atMs - Date.now()));
    };
    // After sleep the phone has an old code and a late timer.
    const wake = (): void => {
      if (document.visibilityState !== 'visible') return;
      setShown((code) => (code?.step === stepAt(Date.now()) ? code : undefined));
      void show();
    };
    void show();
    document.addEventListener('visibilitychange', wake);
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', wake);
    };
  }, [pass, key]);
  return shown?.text;
}

/** Seconds until the next code, 15 to 0, for a moment in Unix milliseconds. */
export function secondsLeft(nowMs: number): number {
  return (STEP_MS - (nowMs % STEP_MS)) / 1000;
}

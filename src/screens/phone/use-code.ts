import { useEffect, useState } from 'preact/hooks';
import { STEP_SECONDS, stepAt } from '../../core/pass/dynamic-code.ts';
import { type HeldPass, phoneCode } from './held-pass.ts';
import type { OwnKey } from './wallet.ts';

const STEP_MS = STEP_SECONDS * 1000;

/** The code of the present step, renewed at the beginning of each step; undefined until the first one is ready. */
export function usePhoneCode(pass: HeldPass, key: OwnKey): string | undefined {
  const [code, setCode] = useState<{ readonly step: number; readonly text: string }>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const renew = async (): Promise<void> => {
      const step = stepAt(Date.now());
      const text = await phoneCode(pass, key, step);
      if (ended) return;
      setCode({ step, text });
      clearTimeout(timer);
      timer = setTimeout(() => void renew(), (step + 1) * STEP_MS - Date.now() + 20);
    };
    // After sleep the phone has an old code and a late timer.
    const wake = (): void => {
      if (document.visibilityState === 'visible') void renew();
    };
    void renew();
    document.addEventListener('visibilitychange', wake);
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', wake);
    };
  }, [pass, key]);
  return code?.text;
}

/** Seconds until the next code, 15 to 0, for a moment in Unix milliseconds. */
export function secondsLeft(nowMs: number): number {
  return (STEP_MS - (nowMs % STEP_MS)) / 1000;
}

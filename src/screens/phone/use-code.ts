import { useEffect, useState } from 'preact/hooks';
import { STEP_SECONDS, stepAt } from '../../core/pass/dynamic-code.ts';
import { type HeldPass, phoneCode } from './held-pass.ts';
import type { OwnKey } from './wallet.ts';

const STEP_MS = STEP_SECONDS * 1000;

/** The code of the present step, made anew at the beginning of each; undefined until the first one is made. */
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
    // A phone that slept wakes up with an old code and a timer that is late.
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

/** Seconds until the next code, 15 to 0, of a moment in Unix milliseconds. */
export function secondsLeft(nowMs: number): number {
  return (STEP_MS - (nowMs % STEP_MS)) / 1000;
}

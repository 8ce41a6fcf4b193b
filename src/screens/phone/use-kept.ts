import { useEffect, useMemo, useState } from 'preact/hooks';
import type { HeldPass } from './held-pass.ts';
import { type Kept, keyOf, type OwnPass, ownPasses, requestKey, withKey } from './kept.ts';
import { makeKey, type OwnKey } from './own-key.ts';
import { Wallet } from './wallet.ts';

export interface UseKept {
  /** Undefined until they are read. */
  readonly passes: readonly OwnPass[] | undefined;
  readonly shown: OwnPass | undefined;
  /** Whether the browser stores nothing. */
  readonly failed: boolean;
  readonly change: (change: (kept: Kept) => Kept) => Promise<void>;
  /** The key that a pass is bound to, where it is on this phone. */
  readonly keyOf: (pass: HeldPass) => OwnKey | undefined;
  /**
   * A new key for a request to the office; where a pass moves here, the one of the request for it that is open.
   * @throws Error where the browser makes or keeps no key, e.g. at an address without https
   */
  readonly needKey: (movedPassId?: string) => Promise<OwnKey | undefined>;
}

/** What this phone keeps, as all pages of this browser have left it. */
export function useKept(): UseKept {
  const [wallet, setWallet] = useState<Wallet>();
  const [kept, setKept] = useState<Kept>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const open = async (): Promise<void> => {
      const opened = await Wallet.open();
      setKept(await opened.read());
      setWallet(opened);
    };
    open().catch(() => setFailed(true));
  }, []);
  useEffect(() => {
    if (wallet === undefined) return undefined;
    // Another page may have changed it while this one was hidden.
    const look = (): void => {
      if (document.visibilityState === 'visible') void wallet.read().then(setKept);
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [wallet]);
  const passes = useMemo(() => kept && ownPasses(kept), [kept]);
  const change: UseKept['change'] = async (how) => setKept(await wallet?.change(how));
  return {
    passes,
    shown: passes?.find(({ text }) => text === kept?.shown) ?? passes?.[0],
    failed,
    change,
    keyOf: (pass) => keyOf(pass, kept?.keys ?? []),
    needKey: async (movedPassId) => {
      if (wallet === undefined || kept === undefined) return undefined;
      const open = requestKey(kept, movedPassId);
      if (open !== undefined) return open;
      const made = { ...(await makeKey()), ...(movedPassId === undefined ? {} : { movedPassId }) };
      const now = await wallet.change((before) => withKey(before, made));
      setKept(now);
      return requestKey(now, movedPassId) ?? made;
    },
  };
}

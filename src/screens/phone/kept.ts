import { type HeldPass, heldPass } from './held-pass.ts';
import { isSameKey, type OwnKey } from './own-key.ts';

/** A pass on this phone. Its text is what it is known by. */
interface KeptPass {
  readonly text: string;
  /** By the choice of whoever has the phone; empty: none. */
  readonly name: string;
}

/** All that this phone keeps: passes in the order in which they are listed, and the keys they are bound to. */
export interface Kept {
  readonly keys: readonly OwnKey[];
  readonly passes: readonly KeptPass[];
  /** Text of the pass that is shown first. */
  readonly shown?: string;
}

/** A kept pass that could be read, with its key where that is on this phone. */
export interface OwnPass extends HeldPass {
  readonly name: string;
  readonly key: OwnKey | undefined;
}

/** Longest name of a pass, in characters. */
export const NAME_MAX = 24;
/** Requests that the office may still answer; with one more the oldest is given up. */
const OPEN_REQUESTS = 12;
export const EMPTY: Kept = { keys: [], passes: [] };

export function ownPasses({ passes, keys }: Kept): OwnPass[] {
  return passes.flatMap(({ text, name }) => {
    const pass = heldPass(text);
    return pass === undefined ? [] : [{ ...pass, name, key: keyOf(pass, keys) }];
  });
}

export function keyOf({ claims: { holderKey } }: HeldPass, keys: readonly OwnKey[]): OwnKey | undefined {
  return holderKey && keys.find((key) => isSameKey(holderKey, key));
}

/** Keys that no pass is bound to: those of open requests, the oldest first. */
function openKeys(kept: Kept): OwnKey[] {
  const used = new Set(ownPasses(kept).map(({ key }) => key));
  return kept.keys.filter((key) => !used.has(key));
}

/** The key of the open request to move this pass here. */
export function requestKey(kept: Kept, movedPassId: string | undefined): OwnKey | undefined {
  return movedPassId === undefined
    ? undefined
    : openKeys(kept).find((key) => key.movedPassId === movedPassId);
}

/** The pass that `pass` renews: of the same kind for the same holder, with the same label. */
export function renewedBy({ text, claims }: HeldPass, passes: readonly OwnPass[]): OwnPass | undefined {
  const { site, kind, holderRef, label } = claims;
  return passes.find(
    ({ claims: one, ...other }) =>
      other.text !== text &&
      one.site === site &&
      one.kind === kind &&
      one.holderRef === holderRef &&
      one.label === label &&
      (holderRef ?? label) !== undefined,
  );
}

/**
 * Whether `old` goes unless its holder says otherwise: where `pass` was made later, opens now (Unix milliseconds), and is
 * not one that can be copied in the place of one that cannot.
 */
export function outdates({ claims }: HeldPass, { claims: old }: HeldPass, nowMs: number): boolean {
  return (
    claims.issuedAt > old.issuedAt &&
    (claims.notBefore ?? 0) * 1000 <= nowMs &&
    (claims.holderKey !== undefined || old.holderKey === undefined)
  );
}

/** With this pass, which is then shown: in the place of `replaced`, or at the end. */
export function withPass(kept: Kept, pass: KeptPass, replaced?: string): Kept {
  const others = kept.passes.filter(({ text }) => text !== pass.text);
  const at = others.findIndex(({ text }) => text === replaced);
  const passes = at < 0 ? [...others, pass] : others.map((other, index) => (index === at ? pass : other));
  return withoutIdleKeys({ ...kept, passes, shown: pass.text }, kept);
}

/** Without this pass, and without its key if no other pass is bound to it. */
export function withoutPass(kept: Kept, gone: string): Kept {
  const { shown, ...rest } = kept;
  const passes = kept.passes.filter(({ text }) => text !== gone);
  return withoutIdleKeys(
    { ...rest, passes, ...(shown === gone || shown === undefined ? {} : { shown }) },
    kept,
  );
}

/** Keys that a pass was bound to before and none is now go with it; the key of an open request stays. */
function withoutIdleKeys(kept: Kept, before: Kept): Kept {
  const had = new Set(ownPasses(before).map(({ key }) => key));
  const has = new Set(ownPasses(kept).map(({ key }) => key));
  return { ...kept, keys: kept.keys.filter((key) => !had.has(key) || has.has(key)) };
}

export function withName(kept: Kept, named: string, name: string): Kept {
  return {
    ...kept,
    passes: kept.passes.map((pass) => (pass.text === named ? { ...pass, name: shortName(name) } : pass)),
  };
}

/** With this pass one place earlier. */
export function withEarlier(kept: Kept, earlier: string): Kept {
  const passes = [...kept.passes];
  const at = passes.findIndex(({ text }) => text === earlier);
  if (at < 1) return kept;
  passes.splice(at - 1, 0, ...passes.splice(at, 1));
  return { ...kept, passes };
}

export function withShown(kept: Kept, shown: string): Kept {
  return { ...kept, shown };
}

/**
 * With a key for one more request to the office. Each request gets a key of its own, so that no two passes have one, and
 * what the phone signs for the guest of one household is worth nothing beside the pass of another.
 */
export function withKey(kept: Kept, key: OwnKey): Kept {
  if (requestKey(kept, key.movedPassId) !== undefined) return kept;
  const keys = [...kept.keys, key];
  const givenUp = new Set(openKeys({ ...kept, keys }).slice(0, -OPEN_REQUESTS));
  return { ...kept, keys: keys.filter((one) => !givenUp.has(one)) };
}

/** A name as it is kept, in whole characters. */
export function shortName(name: string): string {
  return Array.from(name.trim()).slice(0, NAME_MAX).join('');
}

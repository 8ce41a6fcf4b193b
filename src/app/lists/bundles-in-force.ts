import { BUNDLE_TYPES, type BundleType } from '../../core/bundle/bundle.ts';
import type { BundleContent, ContentOf } from '../../core/bundle/content.ts';
import { type ListedKey, passKeys } from '../../core/bundle/trust-content.ts';
import type { TrustedKey } from '../../core/pass/pass.ts';
import { createTrust, keyIdOf, type Trust } from '../../core/pass/read-pass.ts';
import type { KeptBundle } from '../../ports/bundles.ts';
import type { ListView } from '../../ports/gate-state.ts';

/** Lists that decide who may pass. The directory is not one of them: without it only names are missing. */
const DECIDING: ReadonlySet<BundleType> = new Set(['trust', 'revocations', 'policy', 'orders']);

interface Held {
  readonly kept: KeptBundle;
  /** Undefined if its bytes are lost or damaged. */
  readonly content: BundleContent | undefined;
}

export interface BundlesInForceSettings {
  /** Keys of the config, which count beside those of the trust bundle. */
  readonly configured: readonly TrustedKey[];
  /** How long a list is still used after its next update is due, in seconds. */
  readonly graceSeconds: number;
  /** Lists without which the gate lets nobody through by itself. */
  readonly required: readonly BundleType[];
  /** kid of the key that signs trust bundles here. */
  readonly rootKeyId?: string;
}

/** The signed lists in force, and their age. */
export class BundlesInForce {
  readonly #settings: BundlesInForceSettings;
  readonly #held = new Map<BundleType, Held>();
  #configured: readonly TrustedKey[];
  #trust: Trust;

  constructor(settings: BundlesInForceSettings) {
    this.#settings = settings;
    this.#configured = settings.configured;
    this.#trust = createTrust(this.#configured);
  }

  /** Believes a key of the kiosk itself from now on, unless a list withdraws it. */
  trustOwn(key: TrustedKey): void {
    this.#configured = [...this.#configured, key];
    this.#trust = createTrust(passKeys(this.listedKeys, this.#configured));
  }

  /** Keys of passes. Withdrawn keys are included, so that their passes are refused as revoked. */
  get trust(): Trust {
    return this.#trust;
  }

  get listedKeys(): readonly ListedKey[] {
    return this.content('trust')?.keys ?? [];
  }

  kept(type: BundleType): KeptBundle | undefined {
    return this.#held.get(type)?.kept;
  }

  content<T extends BundleType>(type: T): ContentOf<T> | undefined {
    const content = this.#held.get(type)?.content;
    return content?.type === type ? (content as ContentOf<T>) : undefined;
  }

  /**
   * Whether the key that signed the list of this type may no longer sign lists: it is withdrawn, no longer listed, or
   * no longer the root key. The list stays in force, but its number is no lower limit for the next one. A key that has
   * only expired does not count, because then an older list could be accepted again.
   */
  isOrphaned(type: BundleType): boolean {
    const kept = this.kept(type);
    if (kept === undefined) return false;
    const { rootKeyId } = this.#settings;
    if (type === 'trust') return rootKeyId !== undefined && kept.keyId !== rootKeyId;
    const keys = this.content('trust')?.keys;
    // Without the list of keys this cannot be known.
    if (keys === undefined) return false;
    const known = keys.filter(({ use, publicKey }) => use === 'bundle' && keyIdOf(publicKey) === kept.keyId);
    return known.every(({ status }) => status === 'withdrawn');
  }

  /** @param content undefined where the bytes of the bundle in force cannot be used */
  put(kept: KeptBundle, content: BundleContent | undefined): void {
    this.#held.set(kept.type, { kept, content });
    if (kept.type === 'trust') this.#trust = createTrust(passKeys(this.listedKeys, this.#configured));
  }

  /**
   * Unix milliseconds from which a list that decides is too old to be used without the guard; 0 if one is missing or
   * damaged. Undefined: no list here can become too old.
   */
  get staleFromMs(): number | undefined {
    const { required, graceSeconds } = this.#settings;
    const moments = BUNDLE_TYPES.filter((type) => DECIDING.has(type)).flatMap((type) => {
      const held = this.#held.get(type);
      if (held === undefined) return required.includes(type) ? [0] : [];
      return [held.content === undefined ? 0 : (held.kept.nextUpdate + graceSeconds) * 1000];
    });
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  /** Every list with its age, for the screens. */
  views(nowMs: number): readonly ListView[] {
    return BUNDLE_TYPES.flatMap((type): ListView[] => {
      const held = this.#held.get(type);
      if (held === undefined)
        return this.#settings.required.includes(type) ? [{ type, number: 0, state: 'missing' }] : [];
      const { number, issuedAt, nextUpdate } = held.kept;
      const dates = { issuedAtMs: issuedAt * 1000, nextUpdateMs: nextUpdate * 1000 };
      const signer = this.isOrphaned(type) ? { signer: 'withdrawn' as const } : {};
      return [{ type, number, ...dates, state: this.#stateOf(held, nowMs), ...signer }];
    });
  }

  #stateOf({ kept, content }: Held, nowMs: number): ListView['state'] {
    if (content === undefined) return 'damaged';
    if (nowMs < kept.nextUpdate * 1000) return 'good';
    return nowMs < (kept.nextUpdate + this.#settings.graceSeconds) * 1000 ? 'due' : 'stale';
  }
}

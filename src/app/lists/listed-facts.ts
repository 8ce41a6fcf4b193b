import type { StandingOrder } from '../../core/policy/standing-order.ts';
import type { Holder, HolderRegister } from '../../ports/holder-register.ts';
import type { RevocationList, StandingOrders } from '../../ports/rule-store.ts';
import type { BundlesInForce } from './bundles-in-force.ts';

/** The signed list of revocations, for decisions. Its age is that of the oldest list that decides. */
export class ListedRevocations implements RevocationList {
  readonly #inForce: BundlesInForce;

  constructor(inForce: BundlesInForce) {
    this.#inForce = inForce;
  }

  get number(): number {
    return this.#inForce.content('revocations') === undefined
      ? 0
      : (this.#inForce.kept('revocations')?.number ?? 0);
  }

  get nextUpdateMs(): number | undefined {
    return this.#inForce.staleFromMs;
  }

  isRevoked(passId: string, holderRef: string | undefined, issuedAt: number): boolean {
    return this.#inForce.content('revocations')?.revoked.isRevoked(passId, holderRef, issuedAt) ?? false;
  }
}

/** The orders given at this gate, and those of the signed list. */
export class AllOrders implements StandingOrders {
  readonly #local: StandingOrders;
  readonly #inForce: BundlesInForce;

  constructor(local: StandingOrders, inForce: BundlesInForce) {
    this.#local = local;
    this.#inForce = inForce;
  }

  ordersFor(passId: string, holderRef: string | undefined): readonly StandingOrder[] {
    const listed = this.#inForce.content('orders')?.orders.ordersFor(passId, holderRef) ?? [];
    return [...this.#local.ordersFor(passId, holderRef), ...listed];
  }

  /** Finds only orders that were given at this gate, because only they can be ended here. */
  find(orderId: string): StandingOrder | undefined {
    return this.#local.find(orderId);
  }

  standing(nowMs: number, limit: number): readonly StandingOrder[] {
    const local = this.#local.standing(nowMs, limit);
    const listed = this.#inForce.content('orders')?.orders.standing(nowMs, limit - local.length) ?? [];
    return [...local, ...listed];
  }

  reportsOn(holderRef: string, siteDay: number): number {
    return this.#local.reportsOn(holderRef, siteDay);
  }
}

/** The register; holders missing in it are looked up in the signed directory. */
export class AllHolders implements HolderRegister {
  readonly #local: HolderRegister;
  readonly #inForce: BundlesInForce;

  constructor(local: HolderRegister, inForce: BundlesInForce) {
    this.#local = local;
    this.#inForce = inForce;
  }

  find(holderRef: string): Holder | undefined {
    return this.#local.find(holderRef) ?? this.#inForce.content('directory')?.directory.find(holderRef);
  }
}

import type { StandingOrder } from '../core/policy/standing-order.ts';

/** Orders that stand; the effects `addOrder` and `endOrder` write them. */
export interface StandingOrders {
  /** Those for a pass or its household that nobody has ended. @throws GatepostError `log.unavailable` */
  ordersFor(passId: string, holderRef: string | undefined): readonly StandingOrder[];
  /** @throws GatepostError `log.unavailable` */
  find(orderId: string): StandingOrder | undefined;
  /** Those not over at `nowMs`, newest first. @throws GatepostError `log.unavailable` */
  standing(nowMs: number, limit: number): readonly StandingOrder[];
  /** How often a household under observation reported in on a day. @throws GatepostError `log.unavailable` */
  reportsOn(holderRef: string, siteDay: number): number;
}

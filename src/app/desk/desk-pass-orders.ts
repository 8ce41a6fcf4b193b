import { hash } from 'node:crypto';
import type { Given } from '../../core/desk/guard-order.ts';
import { type Signer, signPass } from '../../core/pass/issue-pass.ts';
import { ownVisitorKey, visitorPassOf } from '../../core/pass/visitor-pass.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeskPass, DeskPasses } from '../../ports/desk-passes.ts';
import type { VisitorBook } from '../../ports/rule-store.ts';
import type { VisitBoard } from '../board/visit-board.ts';
import type { BundlesInForce } from '../lists/bundles-in-force.ts';
import { type OrderTable, overrideAt, type Planned, refused } from '../log/desk-records.ts';
import type { RuleOrders } from '../rules/rule-orders.ts';

const HOUR_MS = 3_600_000;

interface DeskPassOrdersDeps {
  readonly book: VisitorBook;
  readonly visits: VisitBoard;
  readonly lists: Pick<BundlesInForce, 'trustOwn'>;
  readonly ruleOrders: RuleOrders;
  readonly clock: Clock;
  /** A new id. */
  readonly newId: () => string;
  readonly site: string;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** The kiosk's key for visitors, and how long its passes may live; undefined where this desk makes none. */
  readonly own: { readonly key: () => Signer; readonly longestMs: number } | undefined;
}

/** Makes passes for visitors at the guard's desk, and withdraws them. */
export class DeskPassOrders implements DeskPasses {
  readonly #deps: DeskPassOrdersDeps;
  #signer: Signer | undefined;

  constructor(deps: DeskPassOrdersDeps) {
    this.#deps = deps;
  }

  /** Makes the key at the first start, and has its passes believed here. @throws GatepostError `key.invalid` */
  begin(): void {
    const { own, lists, site, gate } = this.#deps;
    if (own === undefined) return;
    this.#signer = own.key();
    const longestS = Math.floor(own.longestMs / 1000);
    lists.trustOwn(ownVisitorKey(this.#signer.publicKey, { site, gate, longestS }));
  }

  readonly table: OrderTable<'visitor-pass' | 'withdraw-pass'> = {
    'visitor-pass': (order) => this.#make(order),
    'withdraw-pass': ({ passId, operator, note }) => {
      const visit = this.#deps.book.find(passId);
      if (visit?.uses === undefined)
        return refused('not_made_here', 'This desk has made no pass of this number.');
      const { untilMs } = visit;
      const subject = { passId };
      const { ruleOrders } = this.#deps;
      return ruleOrders.table.order({ type: 'order', kind: 'suspension', subject, untilMs, operator, note });
    },
  };

  passOf(passId: string): DeskPass | undefined {
    const { book, clock, site } = this.#deps;
    const visit = book.find(passId);
    if (this.#signer === undefined || visit?.uses === undefined || visit.untilMs <= clock.read().wallMs)
      return undefined;
    const { label, unit, fromMs, untilMs, uses } = visit;
    const text = signPass(visitorPassOf({ passId, label, fromMs, untilMs, uses }, site), this.#signer);
    return { text, label, ...(unit !== undefined && { unit }), fromMs, untilMs, uses };
  }

  #make({ type: _, hours, operator, note, hostConfirmed, ...said }: Given<'visitor-pass'>): Planned {
    const { own, clock, visits, gate, newId } = this.#deps;
    if (own === undefined || this.#signer === undefined)
      return refused('no_desk_passes', 'This site makes no passes at the desk.');
    if (hours * HOUR_MS > own.longestMs)
      return refused(
        'pass_too_long',
        `A pass of this desk is good for ${own.longestMs / HOUR_MS} hours at most.`,
      );
    const { wallMs, quality } = clock.read();
    if (quality === 'unsynced')
      return refused('time_doubted', 'The gate does not know the time, so it makes no pass now.');
    const passId = hash('sha256', newId(), 'hex').slice(0, 16);
    const fromMs = Math.floor(wallMs / 1000) * 1000;
    const untilMs = fromMs + hours * HOUR_MS;
    const { hostRef } = said;
    const until = new Date(untilMs).toISOString();
    const host = hostRef === undefined ? {} : { hostRef };
    return {
      events: [
        {
          name: 'visitor.registered',
          subject: gate,
          data: { passId, ...host, confirmed: hostConfirmed, operator, until },
        },
        overrideAt(gate, { operator, action: 'visitor-pass', passId, note }),
      ],
      effects: [
        { kind: 'registerVisitor', visitor: { ...said, passId, fromMs, untilMs, registeredBy: operator } },
        ...(hostConfirmed ? ([{ kind: 'confirmHost', passId, by: operator }] as const) : []),
      ],
      act: () => {
        visits.publish();
        return { status: 'done', passId };
      },
    };
  }
}

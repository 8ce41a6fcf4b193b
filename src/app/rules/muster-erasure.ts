import { isGatepostError } from '../../core/errors.ts';
import type { Signer } from '../../core/pass/issue-pass.ts';
import { isDue, type Muster } from '../../core/report/muster.ts';
import { type MusterReceipt, signMusterReceipt } from '../../core/report/muster-receipt.ts';
import { receiptDigest } from '../../core/report/signed-receipt.ts';
import { vouchedMs } from '../../core/time/clock-reading.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { MusterBook } from '../../ports/muster-book.ts';
import type { EventWriter } from '../log/event-writer.ts';

interface MusterErasureDeps {
  readonly book: MusterBook;
  readonly notes: EventWriter;
  readonly gateKey: () => Signer;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly site: string;
  readonly gate: string;
}

/** Erases lists of who was inside once their time is over, and signs what it has erased. */
export class MusterErasure {
  readonly #deps: MusterErasureDeps;

  constructor(deps: MusterErasureDeps) {
    this.#deps = deps;
  }

  /**
   * Only a confirmed date erases anything.
   * @param keptMs how long a list is kept after its end, in milliseconds
   * @returns the lists that have nobody on them any more
   */
  eraseDue(keptMs: number): readonly Muster[] {
    const { book, clock, logger } = this.#deps;
    const nowMs = Math.floor(vouchedMs(clock.read()));
    try {
      const due = book.unerased().filter((muster) => isDue(muster, keptMs, nowMs));
      return due.map((muster) => this.#erase(muster, nowMs));
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      logger.warn(
        { code: error.code, err: error },
        `A list of who was inside is not erased yet: ${error.message}`,
      );
      return [];
    }
  }

  #erase(before: Muster, erasedMs: number): Muster {
    const { book, notes, gateKey, site, gate } = this.#deps;
    const { number, cause, startedMs, endedMs = startedMs } = before;
    const receipt: MusterReceipt = {
      ...{ site, gate, muster: number, cause },
      startedAt: new Date(startedMs).toISOString(),
      endedAt: new Date(endedMs).toISOString(),
      erasedAt: new Date(erasedMs).toISOString(),
      people: book.lines(number).length,
      ticked: book.ticks(number).length,
    };
    // Who began and ended it goes with the people.
    const { by: _by, note: _note, endedBy: _endedBy, ...head } = before;
    const muster: Muster = { ...head, erasedMs };
    const { people, ticked } = receipt;
    notes.write(
      [
        {
          name: 'muster.erased',
          subject: gate,
          data: { muster: number, people, ticked, receipt: receiptDigest(receipt) },
        },
      ],
      [{ kind: 'eraseMuster', muster, receipt: signMusterReceipt(receipt, gateKey()) }],
      { usesReserve: true },
    );
    return muster;
  }
}

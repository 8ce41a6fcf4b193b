import { z } from 'zod';
import { Count, type Value } from './fields.ts';

/** Longest receipt that is read; a real one has some eighty bytes. */
const LONGEST_BYTES = 1024;

/** What a server says on `ack/<server>`. Members that are not known are ignored. */
export const RECEIPT = z
  .object({
    epoch: z.uuid(),
    upTo: Count.describe('Every event of the gate up to this sequence is stored for good. 0: none is.'),
  })
  .describe('ack/<server>');

export type Receipt = Value<typeof RECEIPT>;

/** The receipt in a message; undefined where there is none of this form. */
export function readReceipt(payload: Uint8Array): Receipt | undefined {
  if (payload.length > LONGEST_BYTES) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    const { epoch, upTo } = RECEIPT.parse(JSON.parse(text));
    return { epoch, upTo };
  } catch {
    return undefined;
  }
}

/**
 * The last row of this log that a receipt covers; undefined where its epoch is none of these. Numbers go on over epochs,
 * so a receipt of an earlier one reaches to a row of this log too.
 * @param epochs every epoch that the log has had
 */
export function reachOf(
  receipt: Receipt | undefined,
  epochs: readonly { readonly epoch: string; readonly lastSequence: number }[],
): number | undefined {
  const epoch = epochs.find((one) => one.epoch === receipt?.epoch);
  return receipt && epoch && Math.min(receipt.upTo, epoch.lastSequence);
}

/**
 * Why a receipt cannot be true of this log; undefined where it can.
 * @param epochs every epoch that the log has had, oldest first
 */
export function receiptFault(
  { epoch, upTo }: Receipt,
  epochs: readonly { readonly epoch: string; readonly lastSequence: number }[],
): string | undefined {
  const index = epochs.findIndex((one) => one.epoch === epoch);
  if (index < 0) return `is about the epoch ${epoch}, which this log never had`;
  if (upTo < 0) return `goes up to ${upTo}, which is the number of no event`;
  const last = epochs[index]?.lastSequence ?? 0;
  // Of an epoch that ended in another copy of this log, a server may have more than is here.
  const isOpen = index === epochs.length - 1;
  return isOpen && upTo > last ? `goes up to ${upTo}, and the log ends with ${last}` : undefined;
}

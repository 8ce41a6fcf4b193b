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

import type { PrinterTrouble } from '../../src/ports/ticket-printer.ts';

/** What is asked of an ESC/POS printer about itself, and its answers of one byte (hardware/FACTS.md#receipt-printers). */

/** DLE EOT 4: the paper. Answered at once, whatever the printer does. */
export const ASK_PAPER = Uint8Array.of(0x10, 0x04, 4);
/** DLE EOT 2: why it prints nothing. */
export const ASK_OFFLINE = Uint8Array.of(0x10, 0x04, 2);
/** GS r 1: the paper. Answered in its turn, when everything before it has been printed. */
export const ASK_DONE = Uint8Array.of(0x1d, 0x72, 1);

const PAPER_ENDED = 0x60;
const COVER_OPEN = 0x04;
const STOPPED_WITHOUT_PAPER = 0x20;
const ERROR = 0x40;
/** In the answer to GS r 1. */
const DONE_PAPER_ENDED = 0x0c;

/** Whether a byte answers DLE EOT: such bytes have fixed bits that no other answer has. */
export function isStatusByte(byte: number): boolean {
  return (byte & 0x93) === 0x12;
}

/** Whether a byte answers GS r. */
export function isDoneByte(byte: number): boolean {
  return (byte & 0x90) === 0;
}

/** Whether everything before GS r 1 is on paper. */
export function saysPrinted(done: number | undefined): boolean {
  return done !== undefined && (done & DONE_PAPER_ENDED) === 0;
}

/** What the two answers say is wrong; undefined: nothing. An answer that did not come is undefined. */
export function troubleOf(
  paper: number | undefined,
  offline: number | undefined,
): PrinterTrouble | undefined {
  if (paper === undefined) return 'silent';
  const why = offline ?? 0;
  if ((why & COVER_OPEN) !== 0) return 'cover';
  if ((paper & PAPER_ENDED) !== 0 || (why & STOPPED_WITHOUT_PAPER) !== 0) return 'paper';
  return (why & ERROR) === 0 ? undefined : 'fault';
}

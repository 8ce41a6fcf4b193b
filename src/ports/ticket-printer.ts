import type { DeviceLink } from './device-link.ts';

/** Black dots on white paper: rows from the top, each of whole bytes, the leftmost dot in the highest bit; 1 is black. */
export interface DotImage {
  /** A multiple of 8. */
  readonly width: number;
  readonly height: number;
  /** `width / 8 * height` bytes. */
  readonly dots: Uint8Array;
}

/** What is printed on one slip: a QR code, and below it words, which are drawn so that no printer needs letters for them. */
export interface Ticket {
  /** Text of the code. */
  readonly code: string;
  /** As wide as the paper (`TicketPrinter.dots`). */
  readonly words: DotImage;
}

/** Why a printer prints nothing: no paper, cover open, a fault of its own such as its knife, or no answer. */
export const PRINTER_TROUBLES = ['paper', 'cover', 'fault', 'silent'] as const;
export type PrinterTrouble = (typeof PRINTER_TROUBLES)[number];

/** `printed`: the printer has said so. `sent`: it has taken everything, and tells nothing. */
export type PrintOutcome = 'printed' | 'sent' | PrinterTrouble;

export interface PrinterLink extends DeviceLink {
  /**
   * Prints one ticket, after those that were asked for before. It ends within a minute and a half, also when the link does,
   * and never rejects. After `silent` an unknown part of it is at the printer.
   */
  print(ticket: Ticket): Promise<PrintOutcome>;
}

/** Prints slips. */
export interface TicketPrinter {
  /** Driver name as in the config. */
  readonly driver: string;
  readonly simulated: boolean;
  /** Width of the paper, a multiple of 8. */
  readonly dots: number;
  /**
   * Opens the device once; rejects with a `device.*` error.
   * @param onStatus called with what is wrong, or undefined while nothing is: soon after the opening, then again and again
   */
  open(onStatus: (trouble: PrinterTrouble | undefined) => void, signal: AbortSignal): Promise<PrinterLink>;
}

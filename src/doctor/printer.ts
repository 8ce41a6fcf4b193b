import type { PrinterTrouble } from '../ports/ticket-printer.ts';
import { type Finding, ok, warn } from './finding.ts';

/** How the receipt printer says it is; `held`: the gate or another program has it open, so it cannot be asked. */
export type PrinterLook = PrinterTrouble | 'well' | 'held';

const TROUBLES: Readonly<Record<PrinterTrouble, readonly [text: string, fix: string]>> = {
  paper: ['printer: it is out of paper.', 'Put a new roll in.'],
  cover: ['printer: its cover is open.', 'Shut it.'],
  fault: ['printer: it reports a fault, such as a stuck knife.', 'Switch it off and on again.'],
  silent: [
    'printer: it does not answer.',
    'Check that it is on, its cable, and the speed on its self-test. If it prints all the same, it tells nothing of itself: printer.tellsStatus: false.',
  ],
};

/** What the receipt printer of the desk says of itself. Nothing is printed. */
export function checkPrinter(look: PrinterLook): Finding[] {
  if (look === 'well') return [ok('device', 'printer: it answers, and has paper.')];
  if (look === 'held')
    return [ok('device', 'printer: it is in use, so it was not asked; the guard’s screen says how it is.')];
  return [warn('device', ...TROUBLES[look])];
}

import type { DotImage, PrinterTrouble } from './ticket-printer.ts';

/** A pass that this desk has made, as its page shows and prints it. */
export interface DeskPass {
  /** `GP1:…` */
  readonly text: string;
  readonly label: string;
  readonly unit?: string;
  /** Unix milliseconds. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly uses: number;
}

/** Passes of visitors, made at the guard's desk with the kiosk's own key. */
export interface DeskPasses {
  /**
   * The pass of a visit; undefined where this desk has made none of that number, or it is over.
   * @throws GatepostError `log.unavailable`
   */
  passOf(passId: string): DeskPass | undefined;
}

/** What became of a slip. `busy`: too many wait already. */
export type PrintAnswer =
  | { readonly status: 'printed' | 'sent' }
  | { readonly status: 'failed'; readonly cause: PrinterTrouble | 'busy' };

/** The receipt printer at the guard's desk. */
export interface PassPrinter {
  /** Width of its paper in dots. */
  readonly dots: number;
  /**
   * Prints the pass of a visit, with words below its code that are as wide as the paper. Nothing of it is kept. Answers
   * within four minutes; undefined where `DeskPasses` has no such pass.
   * @throws GatepostError `log.unavailable`
   */
  print(passId: string, words: DotImage): Promise<PrintAnswer | undefined>;
}

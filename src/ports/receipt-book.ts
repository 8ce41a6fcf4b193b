import type { Receipt } from '../core/contract/receipt.ts';

/** The newest receipt of a server, as it came. */
export interface KeptReceipt extends Receipt {
  readonly server: string;
}

/** Keeps receipts over restarts. Both methods may throw GatepostError `log.unavailable`. */
export interface ReceiptBook {
  receipts(): readonly KeptReceipt[];
  /** Keeps these and no others. */
  keep(receipts: readonly KeptReceipt[]): void;
}

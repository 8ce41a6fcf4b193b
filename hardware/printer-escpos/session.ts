import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { SerialLink } from '../../src/ports/serial-ports.ts';
import type { PrinterTrouble, PrintOutcome, Ticket } from '../../src/ports/ticket-printer.ts';
import {
  ASK_DONE,
  ASK_OFFLINE,
  ASK_PAPER,
  isDoneByte,
  isStatusByte,
  saysPrinted,
  troubleOf,
} from './codec.ts';
import { ticketBytes } from './ticket-bytes.ts';

/** Time for an answer to a question that is answered at once, in milliseconds. */
const REPLY_MS = 1_000;
/** Time for the printer to take and print a ticket, in milliseconds; a slow line adds its own. */
const PRINT_MS = 10_000;
const LOOK_EVERY_MS = 10_000;
/** Bytes written at a time, so that what a printer has not taken is known. */
const PIECE_BYTES = 1_024;
/** A line carries ten bits a byte; half as much again is left for pauses of the printer. */
const BITS_A_BYTE = 15;

/** What outlives a link: the end of a ticket that the printer may still wait for, in bytes. */
export interface PrinterDebt {
  bytes: number;
}

interface SessionDeps {
  readonly link: SerialLink;
  readonly clock: Clock;
  readonly dots: number;
  /** Bits per second of a line that has a speed. */
  readonly baudRate: number | undefined;
  readonly tellsStatus: boolean;
  readonly debt: PrinterDebt;
  readonly onStatus: (trouble: PrinterTrouble | undefined) => void;
}

/** The talk with one open printer: tickets and questions, one after the other, each with an end. */
export class PrinterSession {
  readonly #deps: SessionDeps;
  readonly #closed: Promise<undefined>;
  #last: Promise<unknown> = Promise.resolve();
  #awaited: { readonly fits: (byte: number) => boolean; readonly take: (byte: number) => void } | undefined;
  #cancelLook: Cancel | undefined;
  #isOver = false;
  /** A write that the printer has not taken yet: then nothing is written behind it. */
  #written: Promise<boolean> | undefined;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#closed = deps.link.closed.then(() => {
      this.#isOver = true;
      this.#cancelLook?.();
      return undefined;
    });
  }

  /** Looks how the printer is, now and from time to time. */
  begin(): void {
    void this.#inTurn(() => this.#look()).then(() => {
      if (!this.#isOver) this.#cancelLook = this.#deps.clock.schedule(LOOK_EVERY_MS, () => this.begin());
    });
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) if (this.#awaited?.fits(byte) === true) this.#awaited.take(byte);
  }

  print(ticket: Ticket): Promise<PrintOutcome> {
    return this.#inTurn(async () => {
      const trouble = await this.#look();
      if (trouble !== undefined) return trouble;
      const { dots, tellsStatus } = this.#deps;
      if (!(await this.#send(await ticketBytes(ticket, dots)))) return 'silent';
      if (!tellsStatus) return 'sent';
      const done = await this.#ask(ASK_DONE, isDoneByte, PRINT_MS);
      const after = await this.#look();
      if (saysPrinted(done)) return 'printed';
      return after ?? 'sent';
    });
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(act);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #look(): Promise<PrinterTrouble | undefined> {
    const { tellsStatus, onStatus } = this.#deps;
    const trouble = tellsStatus ? await this.#trouble() : undefined;
    if (!this.#isOver) onStatus(trouble);
    return this.#isOver ? 'silent' : trouble;
  }

  /** A printer that still waits for the end of a ticket takes questions for dots, so it gets that first. */
  async #trouble(): Promise<PrinterTrouble | undefined> {
    if (this.#deps.debt.bytes > 0 && !(await this.#send(new Uint8Array(0)))) return 'silent';
    const paper = await this.#ask(ASK_PAPER, isStatusByte, REPLY_MS);
    return troubleOf(paper, paper && (await this.#ask(ASK_OFFLINE, isStatusByte, REPLY_MS)));
  }

  async #ask(question: Uint8Array, fits: (byte: number) => boolean, ms: number): Promise<number | undefined> {
    const answer = new Promise<number>((take) => {
      this.#awaited = { fits, take };
    });
    const isAsked = await this.#write(question, ms);
    const byte = isAsked ? await this.#within(answer, ms) : undefined;
    this.#awaited = undefined;
    return byte;
  }

  /** Whether the printer has taken everything. What it may still wait for of an earlier ticket comes first, as white. */
  async #send(ticket: Uint8Array): Promise<boolean> {
    const { clock, debt, baudRate } = this.#deps;
    const bytes = new Uint8Array(debt.bytes + ticket.length);
    bytes.set(ticket, debt.bytes);
    const lineMs = baudRate === undefined ? 0 : (bytes.length * BITS_A_BYTE * 1000) / baudRate;
    const endMs = clock.read().monotonicMs + PRINT_MS + lineMs;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const leftMs = Math.max(0, endMs - clock.read().monotonicMs);
      if (await this.#write(bytes.subarray(at, at + PIECE_BYTES), leftMs)) continue;
      debt.bytes = bytes.length - at;
      return false;
    }
    debt.bytes = 0;
    return true;
  }

  /** Whether it was taken in that time. */
  async #write(bytes: Uint8Array, ms: number): Promise<boolean> {
    if (this.#written !== undefined && (await this.#within(this.#written, ms)) === undefined) return false;
    const mine = this.#deps.link.write(bytes).then(
      () => true,
      () => false,
    );
    this.#written = mine;
    const isTaken = await this.#within(mine, ms);
    if (isTaken !== undefined) this.#written = undefined;
    return isTaken === true;
  }

  /** The result; undefined after that time, or when the link has ended. */
  async #within<T>(result: Promise<T>, ms: number): Promise<T | undefined> {
    let cancel: Cancel = () => undefined;
    const late = new Promise<undefined>((resolve) => {
      cancel = this.#deps.clock.schedule(ms, () => resolve(undefined));
    });
    const first = await Promise.race([result, late, this.#closed]);
    cancel();
    return first;
  }
}

import type { DotImage } from '../../src/ports/ticket-printer.ts';
import type { Wire } from '../simulators/wire.ts';

const [LF, CR, DLE, ESC, FS, GS] = [0x0a, 0x0d, 0x10, 0x1b, 0x1c, 0x1d];
/** Height of an empty line, as these printers are delivered. */
const LINE_ROWS = 30;
/** Parameters that follow each command of two bytes. */
const PARAMETERS: Readonly<Record<string, number>> = {
  [`${ESC}@`]: 0,
  [`${ESC}a`]: 1,
  [`${ESC}M`]: 1,
  [`${ESC}t`]: 1,
  [`${FS}.`]: 0,
  [`${GS}V`]: 1,
  [`${GS}r`]: 1,
  [`${DLE}\x04`]: 1,
};
/** Slips that are kept: a demo that runs for days prints many. */
const MOST_SLIPS = 20;
/** Head of GS v 0: command, mode, bytes in a row, rows. */
const RASTER_HEAD = 8;
const PARTIAL = new Set([0, 1, 48, 49]);

/** The printer's side of a line: it draws what it would print, dot by dot, and says how it is. */
export class EscPosSimulator {
  readonly #wire: Wire;
  readonly #rowBytes: number;
  readonly #slips: DotImage[] = [];
  #unread: Uint8Array = new Uint8Array(0);
  #rows: Uint8Array[] = [];
  /** Rows that wait for paper, and questions that wait for the rows. */
  #held: (() => void)[] = [];
  #isCentred = false;
  #paperRows = Number.POSITIVE_INFINITY;
  #isOpen = false;
  #isSilent = false;
  #isFaulty = false;
  #isOff = false;
  #unknown = 0;
  #printed = 0;
  #questions = 0;

  /** @param dots width of the paper; others print past its edge, which is lost */
  constructor(wire: Wire, dots = 576) {
    this.#wire = wire;
    this.#rowBytes = dots / 8;
    wire.onBytes((bytes) => this.#receive(bytes));
  }

  /** The last ones of what was printed and cut off, oldest first. */
  get slips(): readonly DotImage[] {
    return this.#slips;
  }

  /** How many were cut off. */
  get printed(): number {
    return this.#printed;
  }

  /** Bytes that are no command this printer knows, and print as letters. */
  get unknown(): number {
    return this.#unknown;
  }

  /** Puts a roll in; with 0 rows it is empty. */
  setPaper(rows = Number.POSITIVE_INFINITY): void {
    this.#paperRows = rows;
    this.#goOn();
  }

  get hasPaper(): boolean {
    return this.#paperRows > 0;
  }

  /** Whether a question waits for what is to be printed before it. */
  get isAsked(): boolean {
    return this.#questions > 0;
  }

  /** Whether something waits to be printed: for paper, or for somebody who shuts the cover. */
  get isWaiting(): boolean {
    return this.#held.length > 0;
  }

  /** Bytes of a command whose end has not come. */
  get unfinished(): number {
    return this.#unread.length;
  }

  setCover(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#goOn();
  }

  /** The knife is stuck. */
  setFault(isFaulty: boolean): void {
    this.#isFaulty = isFaulty;
    this.#goOn();
  }

  /** A printer that prints and answers nothing, as many cheap ones. */
  setSilent(isSilent: boolean): void {
    this.#isSilent = isSilent;
  }

  /** Switched off behind an adapter that stays: bytes are lost, and nothing is answered. */
  setOff(isOff: boolean): void {
    this.#isOff = isOff;
    this.#unread = new Uint8Array(0);
    this.#rows = [];
    this.#held = [];
    this.#questions = 0;
  }

  get #prints(): boolean {
    return this.#paperRows > 0 && !this.#isOpen && !this.#isFaulty;
  }

  #receive(bytes: Uint8Array): void {
    if (this.#isOff) return;
    let unread: Uint8Array = Buffer.concat([this.#unread, bytes]);
    for (let taken = this.#take(unread); taken > 0; taken = this.#take(unread))
      unread = unread.subarray(taken);
    this.#unread = unread;
  }

  /** Carries the first command out; returns its length, 0 if the rest of it is missing. */
  #take(bytes: Uint8Array): number {
    const [first = 0, second] = bytes;
    if (bytes.length === 0) return 0;
    if (first === 0 || first === CR) return 1;
    if (first === LF) return this.#later(() => this.#feed(LINE_ROWS), 1);
    if (![DLE, ESC, FS, GS].includes(first)) {
      this.#unknown += 1;
      return 1;
    }
    if (second === undefined) return 0;
    if (first === GS && second === 0x76) return this.#raster(bytes);
    const parameters = PARAMETERS[`${first}${String.fromCharCode(second)}`];
    if (parameters === undefined) {
      this.#unknown += 1;
      return 1;
    }
    if (bytes.length < 2 + parameters) return 0;
    this.#command(first, second, bytes[2] ?? 0);
    return 2 + parameters;
  }

  #command(first: number, second: number, value: number): void {
    const name = String.fromCharCode(second);
    if (first === DLE) this.#answer(this.#status(value));
    else if (first === ESC && name === 'a') this.#isCentred = value === 1 || value === 49;
    else if (first === ESC && name === '@') this.#isCentred = false;
    else if (first === GS && name === 'r') this.#askedForEnd();
    else if (first === GS && PARTIAL.has(value)) this.#later(() => this.#cut());
  }

  #askedForEnd(): void {
    this.#questions += 1;
    this.#later(() => {
      this.#questions -= 1;
      this.#answer(this.#paperRows > 0 ? 0 : 0x0c);
    });
  }

  /** Real-time answers, whether it prints or not. */
  #status(about: number): number {
    const paperEnded = this.#paperRows <= 0;
    if (about === 4) return 0x12 | (paperEnded ? 0x6c : 0);
    return 0x12 | (this.#isOpen ? 0x04 : 0) | (paperEnded ? 0x20 : 0) | (this.#isFaulty ? 0x40 : 0);
  }

  #answer(byte: number): void {
    if (!this.#isSilent) this.#wire.write(Uint8Array.of(byte));
  }

  #raster(bytes: Uint8Array): number {
    const [, , , , widthLow = 0, widthHigh = 0, rowsLow = 0, rowsHigh = 0] = bytes;
    const [rowBytes, rows] = [widthLow | (widthHigh << 8), rowsLow | (rowsHigh << 8)];
    const length = RASTER_HEAD + rowBytes * rows;
    if (bytes.length < RASTER_HEAD || bytes.length < length) return 0;
    const isCentred = this.#isCentred;
    for (let row = 0; row < rows; row++) {
      const from = RASTER_HEAD + row * rowBytes;
      const dots = bytes.slice(from, from + rowBytes);
      this.#later(() => this.#printRow(dots, isCentred));
    }
    return length;
  }

  #printRow(dots: Uint8Array, isCentred: boolean): void {
    const row = new Uint8Array(this.#rowBytes);
    const left = isCentred ? Math.max(0, (this.#rowBytes - dots.length) >> 1) : 0;
    row.set(dots.subarray(0, this.#rowBytes - left), left);
    this.#rows.push(row);
    this.#paperRows -= 1;
  }

  #feed(rows: number): void {
    for (let row = 0; row < rows; row++) this.#rows.push(new Uint8Array(this.#rowBytes));
    this.#paperRows -= rows;
  }

  #cut(): void {
    const rows = this.#rows.splice(0);
    const dots = new Uint8Array(rows.length * this.#rowBytes);
    for (const [at, row] of rows.entries()) dots.set(row, at * this.#rowBytes);
    this.#printed += 1;
    if (this.#slips.length >= MOST_SLIPS) this.#slips.shift();
    this.#slips.push({ width: this.#rowBytes * 8, height: rows.length, dots });
  }

  #later(act: () => void, taken = 0): number {
    this.#held.push(act);
    this.#goOn();
    return taken;
  }

  #goOn(): void {
    while (this.#prints && this.#held.length > 0) this.#held.shift()?.();
  }
}

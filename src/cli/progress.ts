/** Width of the bar in characters. */
const BAR = 30;
/** Shortest time between two updates, in milliseconds. */
const EVERY_MS = 100;
/** Without a terminal: one line for each of this many parts. */
const PLAIN_PARTS = 4;

type Output = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

/** Shows the progress of a long task: a bar on a terminal, a few plain lines elsewhere. */
export class Progress {
  readonly #title: string;
  readonly #output: Output;
  #drawnMs = 0;
  #part = 0;
  #open = false;

  constructor(title: string, output: Output = process.stderr) {
    this.#title = title;
    this.#output = output;
  }

  update(done: number, total: number): void {
    if (this.#output.isTTY === true) this.#draw(done, total);
    else this.#tell(done, total);
  }

  /** Ends the line of the bar. */
  end(): void {
    if (this.#open) this.#output.write('\n');
    this.#open = false;
  }

  #draw(done: number, total: number): void {
    const nowMs = performance.now();
    if (done < total && nowMs - this.#drawnMs < EVERY_MS) return;
    this.#drawnMs = nowMs;
    const full = total === 0 ? BAR : Math.floor((done / total) * BAR);
    this.#output.write(`\r${this.#title} [${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${done} of ${total}`);
    this.#open = true;
  }

  #tell(done: number, total: number): void {
    const part = total === 0 ? PLAIN_PARTS : Math.floor((done / total) * PLAIN_PARTS);
    if (part === this.#part) return;
    this.#part = part;
    this.#output.write(`${this.#title}: ${done} of ${total}\n`);
  }
}

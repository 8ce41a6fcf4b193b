import { parsePass } from '../../core/pass/parse-pass.ts';
import { type FoundMisuse, misuseIn, type ScannerMisuse } from '../../core/scan/scanner-misuse.ts';
import type { CodeReaderEvent } from '../../ports/code-reader.ts';
import type { DeviceSupervisor } from './device-supervisor.ts';

/** If this many of the last codes are not text, the scanner sends at another speed. */
const GARBLED = { codes: 3, ofTheLast: 6 } as const;

/** The reasons for which most pieces from a line of another speed are rejected. */
const NO_TEXT: readonly string[] = ['invalid_utf8', 'no_text'];

/**
 * Tells the guard that the scanner is configured wrongly and is the reason why nothing opens, not the pass. The advice
 * stays until a pass is read.
 */
export class ScannerAdvice {
  readonly #driver: string;
  readonly #scanner: DeviceSupervisor;
  #told: ScannerMisuse | undefined;
  /** For each of the last codes that were not passes: whether it was not text. */
  #garbled: readonly boolean[] = [];

  constructor(deps: { driver: string; scanner: DeviceSupervisor }) {
    this.#driver = deps.driver;
    this.#scanner = deps.scanner;
  }

  look(event: CodeReaderEvent): void {
    if (event.type === 'rejected') {
      if (event.misuse === undefined) this.#count(NO_TEXT.includes(event.cause));
      else this.#tell(event.misuse);
      return;
    }
    if (parsePass(event.text).status === 'parsed') {
      this.#garbled = [];
      if (this.#told !== undefined && this.#scanner.cause === this.#told) this.#scanner.confirm();
      this.#told = undefined;
      return;
    }
    const found = misuseIn(event.text, this.#driver === 'hid-keyboard');
    if (found === undefined) this.#count(false);
    else this.#tell(found);
  }

  /** Counts one code. Not all pieces of a line of another speed are garbled: some are text by chance. */
  #count(isGarbled: boolean): void {
    if (this.#driver !== 'serial') return;
    this.#garbled = [...this.#garbled, isGarbled].slice(-GARBLED.ofTheLast);
    if (isGarbled && this.#garbled.filter(Boolean).length >= GARBLED.codes) {
      this.#tell({ misuse: 'scanner_speed' });
    }
  }

  #tell(found: FoundMisuse): void {
    this.#told = found.misuse;
    this.#scanner.degrade(found.misuse, detailOf(found));
  }
}

function detailOf({ misuse, added }: FoundMisuse): string {
  switch (misuse) {
    case 'scanner_prefix':
      return `The scanner adds something before the code (${added}): switch it off with the codes of its manual (prefix, AIM identifier, character set or ECI). Until then no pass is read.`;
    case 'scanner_suffix':
      return 'The scanner adds something behind the code: switch it off with the codes of its manual (suffix CR and nothing else). Until then no pass is read.';
    case 'scanner_case':
      return 'The scanner changes small and capital letters: switch its case conversion and Caps Lock emulation off. Until then no pass is read.';
    case 'scanner_layout':
      return 'The scanner types for another keyboard: set layout to what "gatepost scanner calibrate" names, or the scanner to keyboard country USA. Until then no pass is read.';
    case 'scanner_speed':
      return 'What the scanner sends is no text: on a UART its speed is probably another one. Set baudRate to what the scanner is set to (mostly 9600 or 115200), or look after the cable.';
  }
}

import type { Direction } from '../core/access/vocabulary.ts';
import type { InputKind } from '../core/door/door-mode.ts';

export interface DemoSample {
  /** e.g. `resident`, `sweeper`, `expired`, `forged`, `other-site`, `screenshot`, `phone`. */
  readonly id: string;
  /** The text of the pass now (a phone pass changes every 15 s). */
  readonly text: string;
  /** What the kiosk is expected to answer: `Granted` or the reason. Shown on the panel for comparison. */
  readonly expected: string;
}

export interface DemoPerson {
  /** Whether a forehead is in front of the thermometer. */
  readonly present: boolean;
  readonly foreheadC: number;
  readonly roomC: number;
}

/** One message that the gate published to the demo's broker. */
export interface DemoMessage {
  /** Grows with every message. */
  readonly id: number;
  readonly topic: string;
  /** Its text, cut if it is long; empty if a retained message was cleared. */
  readonly text: string;
  readonly retained: boolean;
  readonly timeMs: number;
}

/** The current step of the story that runs by itself. */
export interface DemoStory {
  /** Key of the caption. */
  readonly step: string;
  readonly number: number;
  readonly of: number;
}

/** The account with which the demo's panel signs its visitor in as a guard. Random, and for this demo only. */
export interface DemoGuard {
  readonly operator: string;
  readonly password: string;
}

export interface DemoState {
  readonly accessPoints: readonly {
    readonly id: string;
    readonly direction: Direction;
    readonly door: string;
    readonly scanner: boolean;
    /** Undefined if the access point has no simulated thermometer. */
    readonly person?: DemoPerson;
  }[];
  readonly doors: readonly {
    readonly id: string;
    readonly released: boolean;
    readonly open: boolean;
    /** Whether a person walks through automatically after each release. */
    readonly walkThrough: boolean;
    /** The simulated inputs of this door. `active`: pressed, lid open, fire alarm. */
    readonly inputs: readonly { readonly input: InputKind; readonly active: boolean }[];
  }[];
  readonly devices: readonly { readonly id: string; readonly unplugged: boolean }[];
  /** The receipt printer of the desk, if there is one: slips printed so far, and whether it has paper. */
  readonly printer?: { readonly slips: number; readonly hasPaper: boolean };
  readonly samples: readonly DemoSample[];
  /** The gate's clock in Unix ms, and whether the panel moved it. */
  readonly clock: { readonly timeMs: number; readonly timeZone: string; readonly moved: boolean };
  /** Newest first; empty without the demo's own broker. */
  readonly messages: readonly DemoMessage[];
  /** Present while the story runs. */
  readonly story?: DemoStory;
  readonly guard?: DemoGuard;
}

/**
 * The simulated devices behind the demo panel. Everything goes through the simulators' bytes and so through the
 * drivers. Methods throw GatepostError `usage` for an unknown id or a value out of range.
 */
export interface DemoPanel {
  state(): DemoState;
  present(order: { accessPoint: string; sample: string }): void;
  /** Shows any text to the scanner. */
  scan(order: { accessPoint: string; text: string }): void;
  /** Decodes a picture (PNG, JPEG, …; at most 4 MiB) with zxing-wasm and shows what it says to the scanner. */
  scanPicture(order: { accessPoint: string; picture: Uint8Array }): Promise<{ characters: number }>;
  setPerson(order: { accessPoint: string; person: DemoPerson }): void;
  setDoor(order: { door: string; open?: boolean; walkThrough?: boolean }): void;
  /** A pressed exit button is released by itself. */
  setInput(order: { door: string; input: InputKind; active: boolean }): void;
  setUnplugged(order: { device: string; unplugged: boolean }): void;
  /** Puts a roll into the receipt printer, or takes it out. */
  setPaper(order: { hasPaper: boolean }): void;
  /** The last slip that was printed, as PNG; undefined before the first. */
  slip(): Uint8Array | undefined;
  /** Moves the gate's clock to the next time at which the site's clock shows `HH:MM`, or back to the present. */
  setClock(order: { time?: string }): void;
  /** Starts the story from its beginning, or ends it. */
  setStory(order: { running: boolean }): void;
}

import type { Direction } from '../core/access/vocabulary.ts';
import type { InputKind } from '../core/door/door-mode.ts';

export interface DemoSample {
  /** e.g. `resident`, `sweeper`, `expired`, `forged`, `other-site`, `screenshot`, `phone`. */
  readonly id: string;
  /** The pass as it is right now (a phone pass changes every 15 s). */
  readonly text: string;
  /** What the kiosk is expected to say: `Granted` or the reason. Shown on the panel so that anybody can compare. */
  readonly expected: string;
}

export interface DemoPerson {
  /** Whether a forehead is in front of the thermometer. */
  readonly present: boolean;
  readonly foreheadC: number;
  readonly roomC: number;
}

export interface DemoState {
  readonly accessPoints: readonly {
    readonly id: string;
    readonly direction: Direction;
    readonly door: string;
    readonly scanner: boolean;
    /** Undefined where the access point has no simulated thermometer. */
    readonly person?: DemoPerson;
  }[];
  readonly doors: readonly {
    readonly id: string;
    readonly released: boolean;
    readonly open: boolean;
    /** Whether a person walks through by themselves after each release. */
    readonly walkThrough: boolean;
    /** The simulated inputs of this door. `active`: pressed, lid open, fire alarm. */
    readonly inputs: readonly { readonly input: InputKind; readonly active: boolean }[];
  }[];
  readonly devices: readonly { readonly id: string; readonly unplugged: boolean }[];
  readonly samples: readonly DemoSample[];
}

/**
 * The simulated world behind the demo panel. Everything goes through the simulators' bytes; there is no way round
 * the drivers. Methods throw GatepostError `usage` for an unknown id or a value out of range.
 */
export interface DemoStage {
  state(): DemoState;
  present(order: { accessPoint: string; sample: string }): void;
  /** Shows any text to the scanner. */
  scan(order: { accessPoint: string; text: string }): void;
  /** Decodes a picture (PNG, JPEG, …; at most 4 MiB) with zxing-wasm and shows what it says to the scanner. */
  scanPicture(order: { accessPoint: string; picture: Uint8Array }): Promise<{ characters: number }>;
  setPerson(order: { accessPoint: string; person: DemoPerson }): void;
  setDoor(order: { door: string; open?: boolean; walkThrough?: boolean }): void;
  /** An exit button springs back by itself. */
  setInput(order: { door: string; input: InputKind; active: boolean }): void;
  setUnplugged(order: { device: string; unplugged: boolean }): void;
}

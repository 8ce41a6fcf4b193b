import { crc16Xmodem } from '../framing/crc16-xmodem.ts';
import type { Wire } from '../simulators/wire.ts';
import { encodeReply, ZONE } from './gm65-codec.ts';

const COMMAND_BYTES = 9;
const ANY_CRC = 0xabcd;
const SAVED_BY_DEFAULT = 0x01;

/** The command side of a GM65 module; ScannerSimulator on the same wire shows the codes. */
export class Gm65Simulator {
  readonly #wire: Wire;
  readonly #zones = new Map<number, number>([[ZONE.setUpCodes, SAVED_BY_DEFAULT]]);
  #flash = new Map(this.#zones);
  #pending: number[] = [];
  /** Commands that were obeyed, as `write 3 2`. */
  readonly obeyed: string[] = [];
  /** Whether the module confirms writes to its zones but does not keep them. */
  forgetsZones = false;
  /** Number of the next SAVE commands that are ignored, as by a module that is still starting. */
  losesSaves = 0;
  /** Sends the next reply by itself when left out; a test may hold it back, split it or glue it to a code. */
  sendReply: (reply: Uint8Array) => void;

  constructor(wire: Wire) {
    this.#wire = wire;
    this.sendReply = (reply) => this.#wire.write(reply);
  }

  /** Gives the module power. Call the result to take it away. */
  powerOn(): () => void {
    this.#zones.clear();
    for (const [zone, value] of this.#flash) this.#zones.set(zone, value);
    return this.#wire.onBytes((bytes) => this.#receive(bytes));
  }

  /** Value of a zone now, 0 to 255. */
  zone(zone: number): number {
    return this.#zones.get(zone) ?? 0;
  }

  #receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#pending.push(byte);
      if (this.#pending[0] !== 0x7e) this.#pending = [];
      if (this.#pending.length < COMMAND_BYTES) continue;
      this.#obey(this.#pending);
      this.#pending = [];
    }
  }

  #obey(command: readonly number[]): void {
    const [, , type = 0, length = 0, high = 0, low = 0, value = 0, crcHigh = 0, crcLow = 0] = command;
    const crc = crcHigh * 256 + crcLow;
    if (length !== 1 || (crc !== ANY_CRC && crc !== crc16Xmodem(command, 2, COMMAND_BYTES - 2))) return;
    const zone = high * 256 + low;
    if (type === 0x07) this.#answer(`read ${zone}`, 0x02, this.zone(zone));
    if (type === 0x08) {
      if (!this.forgetsZones) this.#zones.set(zone, value);
      this.#answer(`write ${zone} ${value}`, 0x02);
    }
    if (type === 0x09 && this.losesSaves > 0) {
      this.losesSaves -= 1;
    } else if (type === 0x09) {
      this.#flash = new Map(this.#zones);
      this.#answer('save', 0x02);
    }
    if (type === 0x0a) this.#answer('heartbeat', 0x03);
  }

  #answer(what: string, start: number, value = 0): void {
    this.obeyed.push(what);
    this.sendReply(encodeReply(start, { status: 0, value }));
  }
}

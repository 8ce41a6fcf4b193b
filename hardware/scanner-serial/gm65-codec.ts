import { crc16Xmodem } from '../framing/crc16-xmodem.ts';

/**
 * Commands of Grow GM65, GM805, GM812 and Waveshare modules (hardware/FACTS.md#gm65):
 * `7E 00 | type | length | address, high byte first | data | CRC-16/XMODEM over type to data`. Settings live in
 * numbered zones of one byte.
 */
export interface Gm65Command {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** First byte of its reply. */
  readonly replyStart: number;
}

export interface Gm65Reply {
  /** 0 on success. */
  readonly status: number;
  readonly value: number;
}

const COMMAND_START = [0x7e, 0x00];
const REPLY_START = 0x02;
const HEARTBEAT_REPLY_START = 0x03;
/** Start, 00, status, length 1, value, two bytes CRC. Only replies of this length are asked for. */
export const REPLY_BYTES = 7;

const TYPE = { read: 0x07, write: 0x08, save: 0x09, heartbeat: 0x0a } as const;

/** Zones that Gatepost knows. */
export const ZONE = {
  /** Bit 0: 1 begins one reading. */
  trigger: 0x0002,
  /** Bit 1: set-up codes are ignored; bit 0: they are sent on as text. */
  setUpCodes: 0x0003,
} as const;

export const SET_UP_CODES_OFF = 0b10;

export function readZone(zone: number): Gm65Command {
  return command(`read zone ${zone}`, TYPE.read, zone, 1);
}

/** @param value 0 to 255; lost at power-off unless SAVE follows. */
export function writeZone(zone: number, value: number): Gm65Command {
  return command(`write zone ${zone}`, TYPE.write, zone, value);
}

/** Begins one reading of a module in command mode. */
export const TRIGGER: Gm65Command = command('trigger', TYPE.write, ZONE.trigger, 1);
/** Writes all zones to the module's flash, which is good for about ten thousand writes. */
export const SAVE: Gm65Command = command('save', TYPE.save, 0, 0);
export const HEARTBEAT: Gm65Command = command('heartbeat', TYPE.heartbeat, 0, 0, HEARTBEAT_REPLY_START);

function command(
  name: string,
  type: number,
  address: number,
  value: number,
  replyStart = REPLY_START,
): Gm65Command {
  return {
    name,
    bytes: withCrc([...COMMAND_START, type, 1, address >> 8, address & 0xff, value]),
    replyStart,
  };
}

/** The bytes of a reply, as the module sends them. */
export function encodeReply(start: number, { status, value }: Gm65Reply): Uint8Array {
  return withCrc([start, 0x00, status, 1, value]);
}

function withCrc(bytes: readonly number[]): Uint8Array {
  const crc = crc16Xmodem(bytes, 2, bytes.length);
  return Uint8Array.of(...bytes, crc >> 8, crc & 0xff);
}

/**
 * Removes all replies from the stream of scanned codes, late ones included. Bytes that may begin a reply are held
 * back, six at most; all others pass. A code cannot contain a reply, because 00 is not a character of a code.
 */
export class ReplyFilter {
  readonly #onReply: (start: number, reply: Gm65Reply) => void;
  #held: number[] = [];

  /** @param onReply called with the first byte and the content of each reply */
  constructor(onReply: (start: number, reply: Gm65Reply) => void) {
    this.#onReply = onReply;
  }

  /** Whether bytes are held back that may become a reply. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** Returns the bytes that are not part of a reply. */
  push(bytes: Uint8Array): Uint8Array {
    const through: number[] = [];
    for (const byte of bytes) this.#take(byte, through);
    return Uint8Array.from(through);
  }

  /** Returns the bytes held back, when the rest of a reply does not come. */
  release(): Uint8Array {
    return Uint8Array.from(this.#held.splice(0));
  }

  #take(byte: number, through: number[]): void {
    this.#held.push(byte);
    while (this.#held.length > 0 && !this.#mayBeReply()) through.push(...this.#held.splice(0, 1));
    if (this.#held.length < REPLY_BYTES) return;
    const [start = 0, , status = 0, , value = 0] = this.#held.splice(0);
    this.#onReply(start, { status, value });
  }

  #mayBeReply(): boolean {
    const [start, zero, , length] = this.#held;
    if (start !== REPLY_START && start !== HEARTBEAT_REPLY_START) return false;
    if ((zero ?? 0) !== 0 || (length ?? 1) !== 1) return false;
    if (this.#held.length < REPLY_BYTES) return true;
    const crc = crc16Xmodem(this.#held, 2, REPLY_BYTES - 2);
    return this.#held[REPLY_BYTES - 2] === crc >> 8 && this.#held[REPLY_BYTES - 1] === (crc & 0xff);
  }
}

/** Packet types and PUBLISH flags of the fixed header (MQTT 5.0 section 2.1). */
const PUBLISH = 3;
const PUBACK = 4;
const QOS_BITS = 0b0110;
const QOS_2 = 0b0100;
/** A length has at most four bytes of seven bits (MQTT 5.0 section 1.5.5). */
const LENGTH_BYTES_MAX = 4;
/** Position of the reason code in a PUBACK of MQTT 5: behind the packet id. */
const REASON_AT = 2;
/** The codes that mqtt.js accepts in a PUBACK; at any other it ends the connection without naming the code. */
const KNOWN_REASONS = new Set([0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]);
const UNSPECIFIED = 0x80;
/** Older replaced codes than a window holds belong to no message any more. */
const MOST_KEPT_REASONS = 64;

/**
 * Inspects what a broker sends before any of it is stored. mqtt.js assembles a packet in memory whatever its length,
 * and keeps QoS 2 messages for as long as the broker likes; a gate asks for neither.
 */
export class PacketGuard {
  readonly #largest: number;
  readonly #reasons = new Map<number, number>();
  #place: 'header' | 'length' | 'body' = 'header';
  #header = 0;
  #length = 0;
  #lengthBytes = 0;
  #bodyAt = 0;
  #packetId = 0;
  #violation: string | undefined;

  /** @param largest longest packet that is accepted, in bytes behind its fixed header */
  constructor(largest: number) {
    this.#largest = largest;
  }

  /** Why the connection must end, as a sentence; undefined while the broker keeps to the protocol. */
  get violation(): string | undefined {
    return this.#violation;
  }

  /**
   * Parses the next bytes, up to the first violation. A reason code that mqtt.js does not know is kept for
   * takeReason() and replaced in `bytes`.
   */
  inspect(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.#violation === undefined; ) {
      if (this.#place === 'body') at += this.#followBody(bytes, at);
      else {
        this.#violation = this.#followHead(bytes[at] ?? 0);
        at += 1;
      }
    }
  }

  /** Reports that the broker sends and does not read the answers. */
  unread(): void {
    this.#violation ??= 'it sends and does not read what it is answered';
  }

  /** The reason code that was replaced in the answer to this packet; undefined if none was. */
  takeReason(packetId: number): number | undefined {
    const reason = this.#reasons.get(packetId);
    this.#reasons.delete(packetId);
    return reason;
  }

  #followHead(byte: number): string | undefined {
    if (this.#place === 'header') {
      this.#header = byte;
      this.#length = 0;
      this.#lengthBytes = 0;
      this.#place = 'length';
      const isQos2 = byte >> 4 === PUBLISH && (byte & QOS_BITS) === QOS_2;
      return isQos2 ? 'it sent a message with QoS 2, which the gate never asks for' : undefined;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    if (this.#length > this.#largest)
      return `it began a packet of ${this.#length} bytes or more; the gate takes at most ${this.#largest}`;
    if (byte >= 0x80)
      return this.#lengthBytes < LENGTH_BYTES_MAX ? undefined : 'it sent a packet whose length is none';
    this.#bodyAt = 0;
    this.#place = this.#length === 0 ? 'header' : 'body';
    return undefined;
  }

  /** Number of bytes of the body that are in `bytes` from `at` on. */
  #followBody(bytes: Uint8Array, at: number): number {
    const taken = Math.min(this.#length - this.#bodyAt, bytes.length - at);
    if (this.#header >> 4 === PUBACK) this.#followPuback(bytes, at, taken);
    this.#bodyAt += taken;
    if (this.#bodyAt === this.#length) this.#place = 'header';
    return taken;
  }

  #followPuback(bytes: Uint8Array, at: number, taken: number): void {
    for (let offset = 0; offset < taken && this.#bodyAt + offset <= REASON_AT; offset++) {
      const byte = bytes[at + offset] ?? 0;
      const place = this.#bodyAt + offset;
      if (place < REASON_AT) this.#packetId = place === 0 ? byte << 8 : this.#packetId | byte;
      else if (!KNOWN_REASONS.has(byte)) {
        if (this.#reasons.size < MOST_KEPT_REASONS) this.#reasons.set(this.#packetId, byte);
        bytes[at + offset] = UNSPECIFIED;
      }
    }
  }
}

import type { Clock } from '../../src/ports/clock.ts';
import type { SerialLink, SerialPorts, SerialSettings } from '../../src/ports/serial-ports.ts';

/** Where a device's serial line is, and what is needed to use it. */
export interface LineDeps extends SerialSettings {
  readonly serialPorts: SerialPorts;
  readonly clock: Clock;
}

const PARITY_LETTERS = { none: 'N', even: 'E', odd: 'O' } as const;

/** The settings of a line as in data sheets: `9600 baud, 8N1`. */
export function lineSetting({
  baudRate,
  parity = 'none',
  stopBits = 1,
}: Pick<SerialSettings, 'parity' | 'stopBits'> & { readonly baudRate: number | string }): string {
  return `${baudRate} baud, 8${PARITY_LETTERS[parity]}${stopBits}`;
}

/** Makes events from bytes; see hardware/framing/frame-decoder.ts. */
export interface ByteDecoder<Event> {
  push(bytes: Uint8Array, atMs: number): readonly Event[];
}

/**
 * Opens a line whose bytes go through `decoder` to `onEvent`, and sends `greeting`. Events can come before it
 * resolves. When the greeting cannot be sent the line is closed and the error thrown.
 */
export async function openStreamingLine<Event>(options: {
  line: LineDeps;
  decoder: ByteDecoder<Event>;
  onEvent: (event: Event) => void;
  greeting?: readonly number[];
  signal: AbortSignal;
}): Promise<SerialLink> {
  const { line, decoder, onEvent, greeting, signal } = options;
  const { path, baudRate, parity = 'none', stopBits = 1 } = line;
  const where: SerialSettings = { path, baudRate, parity, stopBits };
  const receive = (bytes: Uint8Array) => {
    for (const event of decoder.push(bytes, line.clock.read().monotonicMs)) onEvent(event);
  };
  const link = await line.serialPorts.open(where, receive, signal);
  if (greeting === undefined) return link;
  try {
    await link.write(Uint8Array.from(greeting));
  } catch (error) {
    await link.close();
    throw error;
  }
  return link;
}

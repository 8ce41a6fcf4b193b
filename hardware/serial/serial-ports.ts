import { SerialPort } from 'serialport';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { SerialLink, SerialPorts, SerialSettings } from '../../src/ports/serial-ports.ts';
import { NodeSerialLink, type PolledPort } from './node-serial-link.ts';
import { explainOpenError } from './open-error.ts';

/**
 * Serial lines of this machine, by serialport's native binding. It is used without serialport's stream, which queues
 * writes on a closed line until the next open, and never notices the end of a line that is unplugged while bytes
 * arrive (see node-serial-link.ts).
 */
export class NodeSerialPorts implements SerialPorts {
  async open(
    settings: SerialSettings,
    onBytes: (bytes: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<SerialLink> {
    if (signal.aborted) throw givenUp(settings.path, signal);
    const port = await openPort(settings);
    // An open under way cannot be cancelled, so its result is closed.
    if (signal.aborted) {
      await port.close();
      throw givenUp(settings.path, signal);
    }
    const link = new NodeSerialLink(port, settings.path, onBytes);
    link.start(signal);
    return link;
  }
}

/** Does not set the modem lines: the kernel raises DTR and RTS at open, and a pty has none. */
async function openPort({
  path,
  baudRate,
  parity = 'none',
  stopBits = 1,
}: SerialSettings): Promise<PolledPort> {
  let port: Awaited<ReturnType<typeof SerialPort.binding.open>>;
  try {
    port = await SerialPort.binding.open({ path, baudRate, parity, stopBits, lock: true });
  } catch (error) {
    throw await explainOpenError(path, error);
  }
  if ('poller' in port) return port;
  await port.close();
  throw new GatepostError(
    'device.failed',
    `Serial lines need Linux; this is ${process.platform}. Use simulated devices here.`,
  );
}

function givenUp(path: string, signal: AbortSignal): GatepostError {
  return new GatepostError(
    'device.failed',
    `Opening ${path} was called off (${messageOf(signal.reason)}). Nothing to do if the program is stopping.`,
    { cause: signal.reason },
  );
}

import { NodeSerialPorts } from '../../../hardware/serial/serial-ports.ts';
import { SimulatedSerialPorts } from '../../../hardware/simulators/simulated-serial-ports.ts';
import { type OpenWire, openWire } from '../../../hardware/simulators/wire.ts';
import type { SerialRig } from '../../contract/serial-ports.ts';
import { openPtyPair } from './pty-pair.ts';

/** A device on a line in memory. */
export async function inMemoryRig(): Promise<SerialRig> {
  const ports = new SimulatedSerialPorts();
  const line = ports.line('/dev/serial/by-id/simulated');
  return {
    ports,
    path: line.path,
    missingPath: '/dev/serial/by-id/none',
    wire: () => line,
    unplug: async () => line.unplug(),
    plug: async () => line.plug(),
    dispose: async () => undefined,
  };
}

/** A device on one end of a pty pair; the driver under test opens the other with the real serial library. */
export async function ptyRig(): Promise<SerialRig> {
  const ports = new NodeSerialPorts();
  const pair = await openPtyPair();
  const connect = (): Promise<OpenWire> =>
    openWire(ports, { path: pair.devicePath, baudRate: 9600 }, new AbortController().signal);
  let wire = await connect();
  return {
    ports,
    path: pair.kioskPath,
    missingPath: `${pair.kioskPath}-none`,
    wire: () => wire,
    unplug: () => pair.unplug(),
    plug: async () => {
      await pair.plug();
      wire = await connect();
    },
    dispose: async () => {
      await wire.close();
      await pair.dispose();
    },
  };
}

import { EscPosPrinter } from '../../hardware/printer-escpos/driver.ts';
import { LpPorts } from '../../hardware/printer-escpos/lp-ports.ts';
import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import type { TicketPrinter } from '../ports/ticket-printer.ts';
import type { DeviceContext } from './context.ts';

/** The path in the config of a simulated printer. */
const SIMULATED = 'simulated';

/** The receipt printer of the desk; a simulated one is added to the simulated world. */
export function assemblePrinter({ config, clock, world }: DeviceContext): TicketPrinter | undefined {
  const { printer } = config;
  if (printer === undefined) return undefined;
  const { driver, path, widthMm, tellsStatus } = printer;
  const speed = 'baudRate' in printer ? { baudRate: printer.baudRate } : {};
  const common = { driver, clock, widthMm, tellsStatus, ...speed };
  if (path === SIMULATED)
    return new EscPosPrinter({
      ...common,
      ports: world.ports,
      path: world.addPrinter(widthMm),
      simulated: true,
    });
  const ports = driver === 'usb' ? new LpPorts(clock) : new NodeSerialPorts();
  return new EscPosPrinter({ ...common, ports, path, simulated: false });
}

import { EscPosPrinter } from '../../../hardware/printer-escpos/driver.ts';
import { EscPosSimulator } from '../../../hardware/printer-escpos/simulator.ts';
import { SimulatedSerialPorts } from '../../../hardware/simulators/simulated-serial-ports.ts';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { PassPrinting } from '../../../src/app/desk/pass-printing.ts';
import { EventWriter } from '../../../src/app/log/event-writer.ts';
import { PresentState } from '../../../src/app/state/present-state.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { DeskPasses } from '../../../src/ports/desk-passes.ts';
import { SilentLogger } from '../silent-logger.ts';
import { RecordingLog } from '../store/recording-log.ts';

/** A desk's receipt printer on a line in memory, whose far end draws what is printed. */
export function deskPrinter(passes: DeskPasses, clock: Clock = new SystemClock()) {
  const ports = new SimulatedSerialPorts();
  const line = ports.line('printer');
  const paper = new EscPosSimulator(line);
  const state = new PresentState();
  const log = new RecordingLog();
  const logger = new SilentLogger();
  const printer = new EscPosPrinter({
    ...{ driver: 'usb', ports, clock, path: 'printer', widthMm: 80, tellsStatus: true, simulated: true },
  });
  const notes = new EventWriter({ log, clock, logger });
  const supervision = { clock, random: () => 0, notes, state, logger };
  const printing = new PassPrinting({ printer, passes, supervision });
  return { printing, paper, line, state, log, logger };
}

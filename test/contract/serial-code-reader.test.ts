import { describe, expect, it } from 'vitest';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import { ScannerSimulator } from '../../hardware/scanner-serial/simulator.ts';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import type { CodeReaderEvent } from '../../src/ports/code-reader.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { inMemoryRig, ptyRig } from '../support/devices/serial-rigs.ts';
import { needs } from '../support/needs.ts';
import { serialCodeReaderContract } from './serial-code-reader.ts';

describe('SerialCodeReader on a simulated line', () => serialCodeReaderContract(inMemoryRig));

describe('GM65 on a simulated line', () => serialCodeReaderContract(inMemoryRig, 'gm65'));

needs('socat')('SerialCodeReader on a pty', () => serialCodeReaderContract(ptyRig));

needs('socat')('GM65 on a pty', () => serialCodeReaderContract(ptyRig, 'gm65'));

describe('silence as the end of a code', () => {
  async function opened() {
    const clock = new VirtualClock();
    const serialPorts = new SimulatedSerialPorts();
    const line = serialPorts.line('scanner');
    const reader = new SerialCodeReader({
      serialPorts,
      clock,
      path: 'scanner',
      baudRate: 9600,
      simulated: true,
    });
    const events: CodeReaderEvent[] = [];
    const link = await reader.open((event) => events.push(event), new AbortController().signal);
    return { clock, line, scanner: new ScannerSimulator(line), events, link };
  }

  it('begins anew with every byte and stamps the code with its last one', async () => {
    const { clock, scanner, events } = await opened();
    scanner.present('AB', { suffix: '' });
    clock.advance(79);
    scanner.present('CD', { suffix: '' });
    clock.advance(79);
    expect(events).toEqual([]);
    clock.advance(1);
    expect(events).toEqual([{ type: 'code', text: 'ABCD', beganMs: 0, atMs: 79 }]);
  });

  it('ends a line that was too long', async () => {
    const { clock, scanner, events } = await opened();
    scanner.present('A'.repeat(5000), { suffix: '' });
    clock.advance(80);
    scanner.present('B');
    clock.advance(150);
    expect(events.map(({ type }) => type)).toEqual(['rejected', 'code']);
  });

  it('leaves no timer behind when the line ends', async () => {
    const closing = await opened();
    closing.scanner.present('A', { suffix: '' });
    await closing.link.close();
    expect(closing.clock.pendingTimers()).toBe(0);
    const lost = await opened();
    lost.scanner.present('A', { suffix: '' });
    lost.line.unplug();
    await lost.link.closed;
    expect(lost.clock.pendingTimers()).toBe(0);
    expect(lost.events).toEqual([]);
  });
});

import { expect, it, onTestFinished } from 'vitest';
import type { DeskPass } from '../../src/ports/desk-passes.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { deskPrinter } from '../support/devices/desk-printer.ts';

const PASS: DeskPass = { text: 'GP1:0', label: 'Wang', fromMs: 0, untilMs: 1, uses: 1 };
const WORDS = { width: 576, height: 2, dots: new Uint8Array(144) };

async function desk() {
  const clock = new VirtualClock();
  const made = deskPrinter({ passOf: (passId) => (passId === 'made' ? PASS : undefined) }, clock);
  await made.printing.start(new AbortController().signal);
  onTestFinished(() => made.printing.stop());
  const isShown = (status: string, cause?: string) =>
    expect
      .poll(() => made.state.devices.values[0])
      .toMatchObject({
        ...{ id: 'printer', role: 'printer', simulated: true, status, ...(cause && { cause }) },
      });
  const print = (passId = 'made') => made.printing.print(passId, WORDS);
  await isShown('ok');
  return { ...made, clock, isShown, print };
}

it('prints passes of this desk, and no others', async () => {
  const { print, paper } = await desk();
  expect(await print()).toEqual({ status: 'printed' });
  expect(await print('another')).toBeUndefined();
  expect(paper.slips.length).toBe(1);
});

it('says at once that it is busy where three wait, and prints these', async () => {
  const { print, paper } = await desk();
  const three = [print(), print(), print()];
  expect(await print()).toEqual({ status: 'failed', cause: 'busy' });
  expect(await Promise.all(three)).toEqual(Array(3).fill({ status: 'printed' }));
  expect(paper.slips.length).toBe(3);
});

it('shows what is wrong with the printer as the state of a device, and writes nothing of it down', async () => {
  const { print, paper, line, clock, isShown, log, logger } = await desk();
  paper.setPaper(0);
  expect(await print()).toEqual({ status: 'failed', cause: 'paper' });
  await isShown('degraded', 'printer_paper');
  line.unplug();
  await isShown('missing', 'device.lost');
  expect(await print()).toEqual({ status: 'failed', cause: 'silent' });
  line.plug();
  paper.setPaper();
  clock.advance(2_000);
  await isShown('ok');
  expect(await print()).toEqual({ status: 'printed' });
  expect(log.events).toEqual([]);
  expect(JSON.stringify(logger.lines)).not.toContain(PASS.text);
});

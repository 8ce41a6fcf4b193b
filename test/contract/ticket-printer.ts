import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { EscPosPrinter } from '../../hardware/printer-escpos/driver.ts';
import { EscPosSimulator } from '../../hardware/printer-escpos/simulator.ts';
import { QrImageDecoder } from '../../hardware/qr-image/decode.ts';
import { QrWorker } from '../../hardware/qr-image/qr-worker.ts';
import { dotPng } from '../../hardware/simulators/dot-png.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { DotImage, PrinterLink, PrinterTrouble } from '../../src/ports/ticket-printer.ts';
import visitorPasses from '../data/visitor-passes.json' with { type: 'json' };
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { Inbox } from '../support/inbox.ts';
import type { SerialRig } from './serial-ports.ts';

export const CODE = visitorPasses.vectors[0]?.text ?? '';
/** Slanted lines, whose dots are told from those of a code. */
export function slantedWords(width = 576, height = 60): DotImage {
  const dots = new Uint8Array((width / 8) * height).map((_, at) => 0x80 >> (at % 7));
  return { width, height, dots };
}

/** What every printer does, whatever carries the bytes. Call inside a describe(). */
export function ticketPrinterContract(makeRig: () => Promise<SerialRig>): void {
  let rig: SerialRig;
  let paper: EscPosSimulator;
  let clock: VirtualClock;
  let told: Inbox<PrinterTrouble | undefined>;
  let links: PrinterLink[];

  beforeEach(async () => {
    rig = await makeRig();
    paper = new EscPosSimulator(rig.wire());
    // Stands still while a printer answers, however busy the machine is.
    clock = new VirtualClock();
    told = new Inbox();
    links = [];
  });

  afterEach(async () => {
    await Promise.all(links.map((link) => link.close()));
    await rig.dispose();
  });

  async function open({ path = rig.path, tellsStatus = true } = {}): Promise<PrinterLink> {
    const printer = new EscPosPrinter({
      ...{ driver: 'serial', ports: rig.ports, clock, path, baudRate: 115_200 },
      ...{ widthMm: 80, tellsStatus, simulated: false },
    });
    const link = await printer.open(told.put, new AbortController().signal);
    links.push(link);
    return link;
  }

  const ticket = { code: CODE, words: slantedWords() };
  const lastTold = (trouble: PrinterTrouble | undefined) =>
    told.until((all) => all.length > 0 && all.at(-1) === trouble);

  /** Lets time pass until it answers: for printers that say nothing. */
  async function inTheEnd<T>(answer: Promise<T>): Promise<T> {
    let isOver = false;
    void answer.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      clock.advance(1_000);
      await settle();
    }
    return answer;
  }

  it('prints a pass that a reader reads, and the words as they were drawn', async () => {
    const link = await open();
    expect(await link.print(ticket)).toBe('printed');
    const [slip] = paper.slips;
    if (slip === undefined) throw new Error('nothing was printed');
    expect([paper.slips.length, paper.unknown, slip.width]).toEqual([1, 0, 576]);
    const worker = new QrWorker(new SystemClock());
    onTestFinished(() => worker.close());
    expect(await new QrImageDecoder(worker).decode(dotPng(slip))).toBe(CODE);
    expect(Buffer.from(slip.dots).includes(Buffer.from(ticket.words.dots))).toBe(true);
  });

  it('prints one ticket after the other', async () => {
    const link = await open();
    const both = await Promise.all([link.print(ticket), link.print({ ...ticket, code: 'B' })]);
    expect([both, paper.slips.length]).toEqual([['printed', 'printed'], 2]);
    expect((paper.slips[1]?.height ?? 0) > 0).toBe(true);
  });

  it.each([
    ['paper', (is: boolean) => paper.setPaper(is ? 0 : undefined)],
    ['cover', (is: boolean) => paper.setCover(is)],
    ['fault', (is: boolean) => paper.setFault(is)],
  ] as const)('says %s, prints nothing, and goes on when it is mended', async (trouble, set) => {
    set(true);
    const link = await open();
    expect(await link.print(ticket)).toBe(trouble);
    await lastTold(trouble);
    expect(paper.isWaiting).toBe(false);
    set(false);
    expect(await link.print(ticket)).toBe('printed');
    await lastTold(undefined);
  });

  it('finds out by itself when paper is out, and when there is some again', async () => {
    await open();
    const nextLook = async () => {
      await expect.poll(() => clock.pendingTimers()).toBe(1);
      clock.advance(10_000);
    };
    await lastTold(undefined);
    paper.setPaper(0);
    await nextLook();
    await lastTold('paper');
    paper.setPaper();
    await nextLook();
    await lastTold(undefined);
  });

  it('says paper when it ends in the middle of a ticket', async () => {
    paper.setPaper(100);
    const link = await open();
    const outcome = link.print(ticket);
    await expect.poll(() => paper.isAsked).toBe(true);
    clock.advance(10_000);
    expect(await outcome).toBe('paper');
  });

  it('says silent of one that answers nothing, in the end', async () => {
    paper.setOff(true);
    const link = await open();
    expect(await inTheEnd(link.print(ticket))).toBe('silent');
    await lastTold('silent');
  });

  it('believes of one that never answers that it was sent', async () => {
    paper.setSilent(true);
    const link = await open({ tellsStatus: false });
    expect(await link.print(ticket)).toBe('sent');
    await expect.poll(() => paper.slips.length).toBe(1);
    await lastTold(undefined);
  });

  it('ends what is under way, and all timers, with the link', async () => {
    paper.setOff(true);
    const link = await open();
    const outcome = link.print(ticket);
    await rig.unplug();
    expect(await outcome).toBe('silent');
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
    expect(await link.print(ticket)).toBe('silent');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('says what is wrong with a path', async () => {
    await expect(open({ path: rig.missingPath })).rejects.toMatchObject({ code: 'device.missing' });
  });
}

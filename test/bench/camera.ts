import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as passing } from 'node:timers/promises';
import { PAPER, PHONE, paintCode, paintNothing } from '../../hardware/scanner-camera/simulator.ts';
import type { CodeReaderEvent } from '../../src/ports/code-reader.ts';
import { cameraRig } from '../support/devices/camera-rig.ts';
import { Inbox } from '../support/inbox.ts';
import { atMost, type Line, median, ms, percentile } from './report.ts';

const CODES = 15;
const PERIOD_MS = 1_000;
const QUIET_MS = 5_000;

/**
 * The camera path at 640 x 480 and ten pictures a second, paper and phones in turn: from the moment a code is in front
 * of the camera, the wait for its next picture included, to the code; the load of this process with its worker; and the
 * delay of its event loop. The program that takes the pictures is a process of its own and not counted.
 */
export async function measureCamera(): Promise<readonly Line[]> {
  const pictures = Array.from({ length: CODES }, (_, at) => {
    const text = `GP1:${String(at).padStart(4, '0')}${'6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK'.repeat(4)}`;
    return paintCode(text, at % 2 === 0 ? PHONE : PAPER, at + 1);
  });
  const idle = await loopDelay(() => passing(QUIET_MS));
  const rig = await cameraRig();
  const codes = new Inbox<number>();
  const running = new AbortController();
  let shownMs = 0;
  const told = (event: CodeReaderEvent): void => {
    if (event.type === 'code') codes.put(performance.now() - shownMs);
  };
  const link = await rig.reader.open(told, running.signal);
  try {
    rig.show(paintNothing(PHONE));
    await passing(PERIOD_MS);
    const before = process.cpuUsage();
    const startMs = performance.now();
    const delay = await loopDelay(async () => {
      for (const [at, grey] of pictures.entries()) {
        shownMs = performance.now();
        rig.show(grey);
        await Promise.all([codes.until((all) => all.length > at), passing(PERIOD_MS)]);
      }
    });
    const used = process.cpuUsage(before);
    const share = ((used.user + used.system) / 1000 / (performance.now() - startMs)) * 100;
    const worst = percentile(codes.items, 1);
    return [
      atMost(
        'camera: code in front of it -> code read, slowest',
        worst,
        200,
        `${ms(worst)} (p50 ${ms(median(codes.items))})`,
        ' ms',
      ),
      atMost('camera: load of one core', share, 15, `${share.toFixed(1)} %`, ' %'),
      atMost('camera: event loop delay p99', delay, 10, `${ms(delay)} (idle ${ms(idle)})`, ' ms'),
    ];
  } finally {
    await link.close();
    await rig.dispose();
  }
}

async function loopDelay(work: () => Promise<unknown>): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await work();
  delays.disable();
  return delays.percentile(99) / 1e6;
}

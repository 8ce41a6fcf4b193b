import { setTimeout as pause } from 'node:timers/promises';
import { DaemonProcess } from './daemon.ts';
import { FULL_STORE, filledStore, freshFolder } from './filled-store.ts';
import { PassSupply } from './pass-supply.ts';
import { atMost, type Line, median, ms } from './report.ts';

const RUNS = 7;
/** V8 keeps what the start has left behind for some eight seconds. */
const SETTLING_MS = 20_000;
/** The last runs, of which the memory is taken then. */
const SETTLED_RUNS = 3;

/** From the start of the process to a gate that decides, and the memory that it has 20 s later. */
export async function measureStart(): Promise<readonly Line[]> {
  const store = await filledStore(FULL_STORE);
  const folder = freshFolder('start');
  const { publicKey } = new PassSupply();
  const lane = { scanner: 'simulated', thermometer: 'simulated', levelFile: `${folder}/level` };
  const times: number[] = [];
  const atReady: number[] = [];
  const memory: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const daemon = await DaemonProcess.start({ folder, store, lanes: [lane], issuerKey: publicKey });
    times.push(daemon.readyAfterMs);
    atReady.push(daemon.residentMb());
    if (run >= RUNS - SETTLED_RUNS) {
      await pause(SETTLING_MS);
      memory.push(daemon.residentMb());
    }
    await daemon.stop();
  }
  const [time, mb] = [median(times), median(memory)];
  console.log(`  memory at the moment of ready: ${median(atReady).toFixed(0)} MB`);
  return [
    atMost('start to ready, 1,000,000 events, median', time, 1_000, ms(time), ' ms'),
    atMost('memory 20 s after the start, median', mb, 100, `${mb.toFixed(0)} MB`, ' MB'),
  ];
}

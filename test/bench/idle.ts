import { setTimeout as passing } from 'node:timers/promises';
import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import { openWire } from '../../hardware/simulators/wire.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { GuardClient } from '../support/screens/guard-client.ts';
import { WebScreen } from '../support/screens/web-screen.ts';
import { DaemonProcess } from './daemon.ts';
import { freshFolder } from './filled-store.ts';
import { Lane } from './lane.ts';
import { PassSupply } from './pass-supply.ts';
import { atMost, type Line } from './report.ts';

/** Screens draw, code is compiled, V8 tidies up some eight seconds later: not what a gate does all night. */
const SETTLING_MS = 20_000;
const WATCHED_MS = 30_000;
const PERIOD_MS = 100;
const EMPTY_ROOM_C = 22.3;
const LINE_END = Uint8Array.of(0x0d);

/** What a gate costs where nobody comes: both serial devices talk ten times a second, two screens are open. */
export async function measureIdle(): Promise<readonly Line[]> {
  const folder = freshFolder('idle');
  const lane = await Lane.open('idle', folder, true);
  const daemon = await DaemonProcess.start({
    folder,
    store: freshFolder('idle-store'),
    lanes: [lane.devices],
    issuerKey: new PassSupply().publicKey,
  });
  const guard = await GuardClient.signIn(daemon);
  const prompt = await WebScreen.open(`${daemon.url}/ws/prompt?accessPoint=lane-0`, { origin: daemon.url });
  const scanner = await openWire(
    new NodeSerialPorts(),
    { path: lane.ends.scanner, baudRate: 9600 },
    new AbortController().signal,
  );
  // Line ends without a code: bytes that must be read and mean nothing.
  const talk = setInterval(() => scanner.write(LINE_END), PERIOD_MS);
  try {
    await lane.begin(new SystemClock(), EMPTY_ROOM_C);
    await guard.sees('thermometer:lane-0', 'ok');
    await passing(SETTLING_MS);
    const beforeMs = daemon.processorMs();
    const startMs = performance.now();
    await passing(WATCHED_MS);
    const share = ((daemon.processorMs() - beforeMs) / (performance.now() - startMs)) * 100;
    return [
      atMost(
        'idle load of one core, both serial devices at 10 Hz, two screens',
        share,
        1.2,
        `${share.toFixed(1)} %`,
        ' %',
      ),
    ];
  } finally {
    clearInterval(talk);
    guard.close();
    prompt.socket.terminate();
    await daemon.stop();
    await scanner.close();
    await lane.close();
  }
}

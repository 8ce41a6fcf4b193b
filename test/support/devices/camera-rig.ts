import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QrWorker } from '../../../hardware/qr-image/qr-worker.ts';
import { CameraCodeReader } from '../../../hardware/scanner-camera/camera-reader.ts';
import { PAPER, paintCode } from '../../../hardware/scanner-camera/simulator.ts';
import type { FrameProgram } from '../../../hardware/scanner-camera/sources.ts';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { CodeReaderRig } from '../../contract/code-reader.ts';
import { typescriptArguments } from '../typescript-child.ts';

/** Node arguments for the camera program, from the sources or from the build. */
const PROGRAM = import.meta.url.endsWith('.ts')
  ? typescriptArguments('support/devices/camera.child.ts')
  : [fileURLToPath(new URL('./camera.child.js', import.meta.url))];

export interface CameraRig extends CodeReaderRig {
  /** Shows a picture until the next one. */
  show(grey: Uint8Array): void;
  hang(): void;
}

/** A camera reader whose pictures come from a child process, through a pipe. */
export async function cameraRig(
  pixels: 'grey' | 'yuyv' = 'grey',
  clock: Clock = new SystemClock(),
): Promise<CameraRig> {
  const scene = PAPER;
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-camera-'));
  const plugged = join(folder, 'plugged');
  writeFileSync(plugged, '');
  const decoder = new QrWorker(clock);
  const bytes = scene.width * scene.height * (pixels === 'yuyv' ? 2 : 1);
  const program: FrameProgram = {
    command: process.execPath,
    // The picture stays, because a busy machine may take long to read it.
    args: [...PROGRAM, folder, String(bytes), 'stays'],
    pixels,
    debianPackage: 'nodejs',
  };
  const reader = (path: string) =>
    new CameraCodeReader({
      camera: { source: 'v4l2', path, width: scene.width, height: scene.height, framesPerSecond: 10 },
      decoder,
      clock,
      simulated: true,
      program,
    });
  const show = (grey: Uint8Array): void => {
    const file = join(folder, 'new');
    writeFileSync(file, pixels === 'yuyv' ? withColours(grey) : grey);
    renameSync(file, join(folder, 'picture'));
  };
  return {
    reader: reader(plugged),
    missing: reader(join(folder, 'none')),
    show,
    present: async (text) => show(pictureOf(text)),
    presentHalf: async () => show(paintCode('HALF', scene).fill(90, (scene.width * scene.height) / 2)),
    hang: () => writeFileSync(join(folder, 'hang'), ''),
    unplug: async () => rmSync(plugged),
    plug: async () => writeFileSync(plugged, ''),
    dispose: async () => {
      rmSync(folder, { recursive: true });
      await decoder.close();
    },
  };
}

/** What was painted already: every test shows the same few codes. */
const painted = new Map<string, Uint8Array>();

function pictureOf(text: string): Uint8Array {
  const picture = painted.get(text) ?? paintCode(text, PAPER);
  painted.set(text, picture);
  return picture;
}

function withColours(grey: Uint8Array): Uint8Array {
  const picture = new Uint8Array(grey.length * 2);
  for (let at = 0; at < grey.length; at++) {
    picture[2 * at] = grey[at] ?? 0;
    picture[2 * at + 1] = (2 * at + 1) % 251;
  }
  return picture;
}

// Replaces v4l2-ctl: writes raw pictures to standard output, ten a second, in pieces of other lengths than a picture.
// Files in the given folder: `plugged` is the camera, whose removal ends the program; `picture` is shown for half a
// second and removed, or with the word `stays` until the next one; `hang` stops the pictures.
import { existsSync, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '', bytes = '', stays] = process.argv.slice(2);
const blank = Buffer.alloc(Number(bytes), 128);
const PIECE = 50_001;
const PERIOD_MS = 100;
const SHOWN = 5;
let shown: Buffer = blank;
let left = 0;

/**
 * Opened for the life of the program, to notice that the camera was unplugged even if another one is plugged in at
 * once.
 */
const camera = openCamera();

process.stdout.on('error', () => process.exit(1));
setInterval(() => {
  if (fstatSync(camera).nlink === 0) gone();
  if (existsSync(join(folder, 'hang'))) return;
  const picture = join(folder, 'picture');
  if (existsSync(picture)) {
    shown = readFileSync(picture);
    rmSync(picture);
    left = stays === undefined ? SHOWN : Number.POSITIVE_INFINITY;
  }
  const frame = left-- > 0 ? shown : blank;
  for (let at = 0; at < frame.length; at += PIECE) process.stdout.write(frame.subarray(at, at + PIECE));
}, PERIOD_MS);

function openCamera(): number {
  try {
    return openSync(join(folder, 'plugged'), 'r');
  } catch {
    return gone();
  }
}

function gone(): never {
  process.stderr.write('VIDIOC_DQBUF: failed: No such device\n');
  process.exit(1);
}

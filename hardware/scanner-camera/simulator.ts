import { create as createQr } from 'qrcode';

/** What is in front of the camera, and the quality of the image. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  /** Length of the code's side in pixels, without its margin. */
  readonly side: number;
  /** Degrees, clockwise. */
  readonly turn: number;
  /** Brightness of dark and light modules and of the room, 0 to 255. */
  readonly dark: number;
  readonly light: number;
  readonly room: number;
  /** Radius of the blur in pixels. */
  readonly blur: number;
  /** Largest random change of a pixel. */
  readonly noise: number;
  /** Strength of the pattern between a screen's pixels and the camera's, 0 to 255. */
  readonly moire: number;
  /** How much darker the right edge is than the left one, 0 to 255. */
  readonly shade: number;
}

const SIZE = { width: 640, height: 480 };

/** A printed card: slightly turned, unevenly lit, slightly blurred. */
export const PAPER: Scene = {
  ...SIZE,
  side: 300,
  turn: 7,
  dark: 50,
  light: 205,
  room: 90,
  blur: 1,
  noise: 14,
  moire: 0,
  shade: 60,
};

/** A phone: bright, with the stripes of its screen, held at another angle. */
export const PHONE: Scene = {
  ...SIZE,
  side: 280,
  turn: -11,
  dark: 30,
  light: 245,
  room: 40,
  blur: 1,
  noise: 8,
  moire: 22,
  shade: 15,
};

/** Width of the white margin in modules. */
const MARGIN = 4;

/** A grey picture of a QR code with `text` in a scene; the same for the same seed. */
export function paintCode(text: string, scene: Scene, seed = 1): Uint8Array {
  const { modules } = createQr(text, { errorCorrectionLevel: 'M' });
  return paint(scene, modules.size, modules.data, seed);
}

/** Joins two pictures of the same scene: what is dark in one of them is dark. */
export function paintBoth(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((value, at) => Math.min(value, other[at] ?? value));
}

/** The same scene with nothing in it but a white card. */
export function paintNothing(scene: Scene, seed = 1): Uint8Array {
  return paint(scene, 1, Uint8Array.of(0), seed);
}

/** @param isDark the modules of a code row by row; what is not 0 is dark */
function paint(scene: Scene, size: number, isDark: Uint8Array, seed: number): Uint8Array {
  const { width, height, side, turn, room } = scene;
  const picture = new Float32Array(width * height);
  const cos = Math.cos((turn * Math.PI) / 180);
  const sin = Math.sin((turn * Math.PI) / 180);
  const module = side / size;
  const card = cardOf(scene, size, isDark);
  const edge = size + 2 * MARGIN;
  let at = 0;
  for (let y = 0; y < height; y++) {
    const downSin = (y - height / 2) * sin;
    const downCos = (y - height / 2) * cos;
    for (let x = 0; x < width; x++) {
      const right = x - width / 2;
      const column = Math.floor((right * cos + downSin + side / 2) / module) + MARGIN;
      const row = Math.floor((downCos - right * sin + side / 2) / module) + MARGIN;
      const isOnCard = column >= 0 && row >= 0 && column < edge && row < edge;
      picture[at++] = isOnCard ? (card[row * edge + column] ?? room) : room;
    }
  }
  return finish(blurred(picture, scene), scene, seed);
}

/** Brightness of each module of the code and of its white margin, row by row. */
function cardOf({ dark, light }: Scene, size: number, isDark: Uint8Array): Float32Array {
  const edge = size + 2 * MARGIN;
  const card = new Float32Array(edge * edge).fill(light);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if (isDark[row * size + column]) card[(row + MARGIN) * edge + column + MARGIN] = dark;
    }
  }
  return card;
}

/** Mean of the neighbours, once along and once across. */
function blurred(picture: Float32Array, { width, height, blur }: Scene): Float32Array {
  if (blur === 0) return picture;
  const along = mean(picture, blur, { lines: height, apart: width, length: width, step: 1 });
  return mean(along, blur, { lines: width, apart: 1, length: height, step: width });
}

/** Lines through a picture: how many there are, how far one begins behind the other, and the pixels of each. */
interface Lines {
  readonly lines: number;
  readonly apart: number;
  readonly length: number;
  readonly step: number;
}

/** Each pixel becomes the mean of those of its line that are no farther away than `radius`. */
function mean(picture: Float32Array, radius: number, { lines, apart, length, step }: Lines): Float32Array {
  const means = new Float32Array(picture.length);
  for (let line = 0; line < lines; line++) {
    const start = line * apart;
    let sum = 0;
    let count = 0;
    for (let place = -radius; place < length; place++) {
      if (place + radius < length) {
        sum += picture[start + (place + radius) * step] ?? 0;
        count += 1;
      }
      if (place - radius > 0) {
        sum -= picture[start + (place - radius - 1) * step] ?? 0;
        count -= 1;
      }
      if (place >= 0) means[start + place * step] = sum / count;
    }
  }
  return means;
}

function finish(picture: Float32Array, scene: Scene, seed: number): Uint8Array {
  const { width, height, noise, moire, shade } = scene;
  const finished = new Uint8Array(picture.length);
  let state = seed >>> 0;
  let at = 0;
  for (let y = 0; y < height; y++) {
    const across = Math.sin(y * 0.79);
    for (let x = 0; x < width; x++) {
      // Linear congruential generator of Numerical Recipes.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const grain = (state / 2 ** 31 - 1) * noise;
      const stripes = moire === 0 ? 0 : moire * Math.sin(x * 0.83 + y * 0.11) * across;
      const value = (picture[at] ?? 0) + grain + stripes - (shade * x) / width;
      finished[at++] = Math.max(0, Math.min(255, value));
    }
  }
  return finished;
}

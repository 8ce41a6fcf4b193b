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
  const isDark = (column: number, row: number): boolean => Boolean(modules.get(row, column));
  return paint(scene, modules.size, isDark, seed);
}

/** Joins two pictures of the same scene: what is dark in one of them is dark. */
export function paintBoth(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((value, at) => Math.min(value, other[at] ?? value));
}

/** The same scene with nothing in it but a white card. */
export function paintNothing(scene: Scene, seed = 1): Uint8Array {
  return paint(scene, 1, () => false, seed);
}

function paint(
  scene: Scene,
  size: number,
  isDark: (column: number, row: number) => boolean,
  seed: number,
): Uint8Array {
  const { width, height, side, turn } = scene;
  const picture = new Float32Array(width * height);
  const cos = Math.cos((turn * Math.PI) / 180);
  const sin = Math.sin((turn * Math.PI) / 180);
  const module = side / size;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const right = x - width / 2;
      const down = y - height / 2;
      const column = Math.floor((right * cos + down * sin + side / 2) / module);
      const row = Math.floor((down * cos - right * sin + side / 2) / module);
      picture[y * width + x] = brightness(scene, size, column, row, isDark);
    }
  }
  return finish(blurred(picture, scene), scene, seed);
}

function brightness(
  scene: Scene,
  size: number,
  column: number,
  row: number,
  isDark: (column: number, row: number) => boolean,
): number {
  const least = Math.min(column, row);
  const most = Math.max(column, row);
  if (least < -MARGIN || most >= size + MARGIN) return scene.room;
  const isOnCode = least >= 0 && most < size;
  return isOnCode && isDark(column, row) ? scene.dark : scene.light;
}

/** Mean of the neighbours, once along and once across. */
function blurred(picture: Float32Array, { width, height, blur }: Scene): Float32Array {
  if (blur === 0) return picture;
  const along = mean(picture, blur, width, 1);
  return mean(along, blur, height, width);
}

function mean(picture: Float32Array, radius: number, limit: number, step: number): Float32Array {
  const means = new Float32Array(picture.length);
  for (let at = 0; at < picture.length; at++) {
    const place = Math.floor(at / step) % limit;
    const last = Math.min(radius, limit - 1 - place);
    let sum = 0;
    let count = 0;
    for (let shift = Math.max(-radius, -place); shift <= last; shift++) {
      sum += picture[at + shift * step] ?? 0;
      count += 1;
    }
    means[at] = sum / count;
  }
  return means;
}

function finish(picture: Float32Array, scene: Scene, seed: number): Uint8Array {
  const { width, noise, moire, shade } = scene;
  const finished = new Uint8Array(picture.length);
  let state = seed >>> 0;
  for (let at = 0; at < picture.length; at++) {
    // Linear congruential generator of Numerical Recipes.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const grain = (state / 2 ** 31 - 1) * noise;
    const x = at % width;
    const y = Math.floor(at / width);
    const stripes = moire === 0 ? 0 : moire * Math.sin(x * 0.83 + y * 0.11) * Math.sin(y * 0.79);
    const value = (picture[at] ?? 0) + grain + stripes - (shade * x) / width;
    finished[at] = Math.max(0, Math.min(255, value));
  }
  return finished;
}

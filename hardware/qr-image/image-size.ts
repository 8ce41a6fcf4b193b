/** Width and height in pixels. */
interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Length and name of the first chunk come before its fields. */
const PNG_SIZE_AT = 16;
const JPEG_START = [0xff, 0xd8];
/** Start-of-frame markers hold the size: C0 to CF without the tables C4, C8 and CC. */
const NO_FRAME = [0xc4, 0xc8, 0xcc];

/** The size that a PNG or JPEG file states; undefined for other or incomplete files. */
export function imageSize(file: Uint8Array): ImageSize | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (beginsWith(file, PNG_START)) return pngSize(view);
  return beginsWith(file, JPEG_START) ? jpegSize(view) : undefined;
}

function beginsWith(file: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, at) => file[at] === byte);
}

function pngSize(view: DataView): ImageSize | undefined {
  if (view.byteLength < PNG_SIZE_AT + 8) return undefined;
  return { width: view.getUint32(PNG_SIZE_AT), height: view.getUint32(PNG_SIZE_AT + 4) };
}

/** Walks from marker to marker: FF, kind, length with its own two bytes. */
function jpegSize(view: DataView): ImageSize | undefined {
  let at = JPEG_START.length;
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const kind = view.getUint8(at + 1);
    if (kind === 0xff) {
      at += 1;
      continue;
    }
    if (kind >= 0xc0 && kind <= 0xcf && !NO_FRAME.includes(kind)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

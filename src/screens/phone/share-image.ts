import { codeModules, QUIET_ZONE } from '../shared/qr-image.tsx';

/** Pixels of one module: a messenger that makes the picture smaller leaves enough. */
const SCALE = 10;

/** Hands a code as a picture to the apps of the phone, or to its downloads where the browser cannot share files. */
export async function shareImage(text: string, name: string): Promise<void> {
  const file = new File([await pictureOf(text)], `${name}.png`, { type: 'image/png' });
  if (navigator.canShare?.({ files: [file] }) !== true) {
    download(file);
    return;
  }
  try {
    await navigator.share({ files: [file] });
  } catch (error) {
    // Whoever closes the list of apps has changed their mind.
    if (!(error instanceof DOMException && error.name === 'AbortError')) download(file);
  }
}

function download(file: File): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function pictureOf(text: string): Promise<Blob> {
  const modules = codeModules(text);
  const canvas = document.createElement('canvas');
  canvas.width = (modules.size + 2 * QUIET_ZONE) * SCALE;
  canvas.height = canvas.width;
  const context = canvas.getContext('2d');
  if (context === null) return Promise.reject(new TypeError('This browser draws no pictures'));
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#000';
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++)
      if (modules.get(row, column))
        context.fillRect((column + QUIET_ZONE) * SCALE, (row + QUIET_ZONE) * SCALE, SCALE, SCALE);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new TypeError('No picture was made')) : resolve(blob)));
  });
}

/** Data for the start of the worker: files of the installed package zxing-wasm. */
export interface WorkerData {
  readonly library: string;
  readonly wasm: string;
}

export interface WorkerAnswer {
  readonly id: number;
  readonly codes?: readonly Uint8Array[];
  readonly error?: string;
}

/**
 * The program of the worker thread, as a text, because a thread cannot load TypeScript and the same lines must run from
 * the sources and from the build. It returns a code as its bytes, as scanners do, and not as the library's text, which
 * shows control characters as words and guesses character sets. The wasm is read from the installed package, because by
 * default the library would load it from the network.
 */
export const WORKER_SOURCE = `
const { readFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const { library, wasm } = workerData;
const { prepareZXingModule, readBarcodes } = require(library);

const wasmBinary = new Uint8Array(readFileSync(wasm)).buffer;
const ready = prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
const options = { formats: ['QRCode'], maxNumberOfSymbols: 8, tryHarder: true, textMode: 'Plain' };

parentPort.on('message', async ({ id, picture }) => {
  try {
    await ready;
    const found = await readBarcodes(picture, options);
    // A file that is not a picture gives an error without a format; an unreadable code has a format.
    const failed = found.find((code) => code.error && !code.format);
    if (failed) throw new Error(failed.error);
    parentPort.postMessage({ id, codes: found.filter((code) => code.isValid).map((code) => code.bytes) });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error && error.message ? error.message : error) });
  }
});
`;

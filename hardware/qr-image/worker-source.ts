/** What the worker is told at its start: files of the installed package zxing-wasm. */
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
 * The worker thread's program. It is a text because a thread cannot load TypeScript and the same lines have to run
 * from the sources and from the build. A code is given as the bytes that it holds, as scanners give it, and not as the
 * library's text, which shows control characters as words and guesses character sets. The wasm comes from the installed package: by default the library would fetch
 * it from the network.
 */
export const WORKER_SOURCE = `
const { readFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const { prepareZXingModule, readBarcodes } = require(workerData.library);

const wasmBinary = new Uint8Array(readFileSync(workerData.wasm)).buffer;
const ready = prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
const options = { formats: ['QRCode'], maxNumberOfSymbols: 8, tryHarder: true, textMode: 'Plain' };

parentPort.on('message', async ({ id, picture }) => {
  try {
    await ready;
    const found = await readBarcodes(picture, options);
    // What is no picture comes back as an error without a format; a code that cannot be read has one.
    const failed = found.find((code) => code.error && !code.format);
    if (failed) throw new Error(failed.error);
    parentPort.postMessage({ id, codes: found.filter((code) => code.isValid).map((code) => code.bytes) });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error && error.message ? error.message : error) });
  }
});
`;

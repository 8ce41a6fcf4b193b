/** What the worker is told at its start: files of the installed package zxing-wasm. */
export interface WorkerData {
  readonly library: string;
  readonly wasm: string;
}

export interface WorkerAnswer {
  readonly id: number;
  readonly text?: string;
  readonly error?: string;
}

/**
 * The worker thread's program. It is a text because a thread cannot load TypeScript and the same lines have to run
 * from the sources and from the build. The wasm comes from the installed package: by default the library would fetch
 * it from the network.
 */
export const WORKER_SOURCE = `
const { readFileSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const { prepareZXingModule, readBarcodes } = require(workerData.library);

const wasmBinary = new Uint8Array(readFileSync(workerData.wasm)).buffer;
const ready = prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
const options = { formats: ['QRCode'], maxNumberOfSymbols: 1, tryHarder: true };

parentPort.on('message', async ({ id, picture }) => {
  try {
    await ready;
    const [code] = await readBarcodes(picture, options);
    // What is no picture comes back as an error without a format; a code that cannot be read has one.
    if (code && code.error && !code.format) throw new Error(code.error);
    parentPort.postMessage(code && code.isValid ? { id, text: code.text } : { id });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error && error.message ? error.message : error) });
  }
});
`;

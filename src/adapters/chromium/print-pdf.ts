import { execFile } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { GatepostError, messageOf } from '../../core/errors.ts';

/** Program names under which distributions install Chromium. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
/** A file of 100 sheets takes a slow computer half a minute; this leaves room for much more. */
const TIMEOUT_MS = 300_000;

/**
 * Prints an HTML file to PDF (mode 0600) with the installed Chromium, in a temporary profile.
 * @throws GatepostError `usage` if there is no Chromium or it fails
 */
export async function printPdf(html: string, pdf: string): Promise<void> {
  const program = findChromium();
  const profile = mkdtempSync(join(tmpdir(), 'gatepost-print-'));
  const words = [
    '--headless',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${profile}`,
    '--no-pdf-header-footer',
    `--print-to-pdf=${resolve(pdf)}`,
    // Chromium refuses to run as root with its sandbox; the page contains no scripts and may load nothing.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    pathToFileURL(resolve(html)).href,
  ];
  try {
    await promisify(execFile)(program, words, { timeout: TIMEOUT_MS });
    if (!existsSync(pdf)) throw new Error('it wrote no file');
    chmodSync(pdf, 0o600);
  } catch (error) {
    throw new GatepostError(
      'usage',
      `Chromium could not print ${html}: ${messageOf(error).slice(0, 500)}. Open the HTML file in any browser and print it there.`,
      { cause: error },
    );
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** @throws GatepostError `usage` with what to do about it */
export function findChromium(): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = PROGRAMS.map((name) => join(folder, name)).find(isExecutable);
    if (folder !== '' && found !== undefined) return found;
  }
  throw new GatepostError(
    'usage',
    'PDF needs Chromium, which is not installed. Install it (sudo apt install chromium), or leave out --pdf and print the HTML files from any browser.',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

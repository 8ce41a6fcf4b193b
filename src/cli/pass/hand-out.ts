import { InvalidArgumentError } from 'commander';
import QRCode from 'qrcode';
import { writeNewFile } from '../../adapters/files/new-files.ts';
import { GatepostError } from '../../core/errors.ts';
import type { IssuedPass } from './order.ts';

/** How a pass gets to its holder. */
export interface HandOut {
  /** File for the QR code. */
  readonly qr?: string;
  /** Address of the page for phones, where the office serves it. */
  readonly phonePage?: string;
}

/**
 * Hands a new pass out: its text alone on standard output, for programs; the link for the phone, and the code as a file.
 * The code of a pass that is bound to a phone is the link, which a phone's camera opens.
 * @param record notes what the pass replaces: after everything that can fail for its files, and before anybody has it
 */
export async function handOut(
  { text, claims }: IssuedPass,
  { qr, phonePage }: HandOut,
  record: () => void,
): Promise<void> {
  const link = phonePage === undefined ? undefined : phoneLink(phonePage, text);
  if (qr !== undefined) await drawQrFile(qr, codeFor({ text, claims }, phonePage));
  record();
  if (link !== undefined) console.error(`Link for the phone: ${link}`);
  console.log(text);
}

/** The text of the code that a holder is given: a pass that is bound to a phone is never shown to a gate as it is. */
export function codeFor({ text, claims }: IssuedPass, page: string | undefined): string {
  return page === undefined || claims.holderKey === undefined ? text : phoneLink(page, text);
}

function phoneLink(page: string, text: string): string {
  return `${page}#pass=${encodeURIComponent(text)}`;
}

/** Reader of the option: an https address without a fragment (phones keep no keys on others), or one on this computer. */
export function phonePage(written: string): string {
  const address = URL.canParse(written) ? new URL(written) : undefined;
  const isHere = address?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(address.hostname);
  if (address === undefined || address.hash !== '' || !(address.protocol === 'https:' || isHere))
    throw new InvalidArgumentError(
      'It must be an address such as https://office.example/pass/, without a #.',
    );
  return address.href;
}

/** Draws a text as a QR code into a new file. @throws GatepostError `usage` for another ending than .svg and .png */
async function drawQrFile(path: string, text: string): Promise<void> {
  const settings = { errorCorrectionLevel: 'M', margin: 4 } as const;
  if (path.endsWith('.svg')) {
    writeNewFile(path, await QRCode.toString(text, { ...settings, type: 'svg' }), 0o644);
  } else if (path.endsWith('.png')) {
    writeNewFile(path, await QRCode.toBuffer(text, { ...settings, type: 'png', scale: 8 }), 0o644);
  } else {
    throw new GatepostError('usage', `${path} ends neither in .svg nor in .png.`);
  }
}

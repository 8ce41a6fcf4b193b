import { existsSync, readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { appendLines } from '../../adapters/files/new-files.ts';
import { toHex } from '../../core/encoding/hex.ts';
import { GatepostError } from '../../core/errors.ts';
import { signPass } from '../../core/pass/issue-pass.ts';
import type { HolderKey, PassClaims } from '../../core/pass/pass.ts';
import { createTrust, readPass } from '../../core/pass/read-pass.ts';
import { plainForm } from '../../core/text/visible.ts';
import { commandGroup } from '../command-group.ts';
import { ownTimeZone, showMoment } from '../moments.ts';
import { holderKey } from '../option-values.ts';
import { signingKey } from '../signing-key.ts';
import { type HandOut, handOut, phonePage } from './hand-out.ts';
import { newPassId } from './order.ts';
import { type PassOnRecord, PassTable, passNumber } from './pass-table.ts';

interface Request {
  readonly bind: HolderKey;
  readonly passId?: string;
}

interface Options extends HandOut {
  readonly key: string;
  readonly passphraseFile?: string;
  readonly passes?: string;
  readonly number?: string;
  readonly pass?: string;
  readonly revocations: string;
}

/** `gatepost pass move REQUEST …`: the same pass for another phone, and the old one on the list of revoked passes. */
export function registerPassMove(program: Command): void {
  commandGroup(program, 'pass', 'make and explain passes')
    .command('move')
    .description('make a pass once more for the phone that shows this request, and revoke the old one')
    .argument(
      '<request>',
      'what the new phone shows: its key, and after a full stop the pass that moves',
      request,
    )
    .requiredOption('--key <file>', 'private key of the issuer of the old pass')
    .option('--passphrase-file <file>', 'passphrase of an encrypted key; asked for at a terminal without it')
    .option('--passes <file>', 'passes.csv in which the old pass stands; the new one is added to it')
    .option(
      '--number <number>',
      'number of the old pass, 8 or 16 characters, if the request names none',
      passNumber,
    )
    .option('--pass <text>', 'text of the old pass, instead of --passes')
    .requiredOption('--revocations <file>', 'list of revoked passes, one id a line; the old pass is added')
    .option('--phone-page <address>', 'https address of the page for phones: also print the link', phonePage)
    .option('--qr <file>', 'also draw what the phone reads as a QR code, as .svg or .png')
    .action(move);
}

async function move(asked: Request, options: Options): Promise<void> {
  const { revocations } = options;
  const signer = await signingKey(options.key, options.passphraseFile);
  const { table, record } = oldPass(asked, options);
  const trust = createTrust([{ publicKey: signer.publicKey, name: options.key, status: 'active' }]);
  const reading = readPass(record.text, trust);
  if (reading.status !== 'verified' || reading.form !== 'GP1')
    throw new GatepostError('usage', `The old pass is none that ${options.key} has signed.`);
  const { claims: old } = reading;
  const wanted = asked.passId ?? options.number;
  if (wanted !== undefined && !old.passId.startsWith(wanted))
    throw new GatepostError(
      'usage',
      `The request is about pass ${wanted}, and the old pass is ${old.passId}.`,
    );
  const nowS = Math.floor(Date.now() / 1000);
  checkMovable(old, { bind: asked.bind, nowS, revocations });
  const claims: PassClaims = { ...old, issuedAt: nowS, passId: newPassId(), holderKey: asked.bind };
  const text = signPass(claims, signer);
  console.error(`Valid until ${showMoment(claims.expiresAt, ownTimeZone())}, as the old pass ${old.passId}.`);
  console.error(`The old pass opens until a list signed from ${revocations} is at the gates.`);
  await handOut({ text, claims }, options, () => {
    appendLines(revocations, [old.passId]);
    table?.add({ ...record, text, claims });
  });
}

/** The old pass, and the table that gets the new one. @throws GatepostError `usage` */
function oldPass(
  asked: Request,
  { passes, number, pass }: Options,
): { readonly table: PassTable | undefined; readonly record: PassOnRecord } {
  if (pass !== undefined) {
    if (passes !== undefined)
      throw new GatepostError('usage', 'Give the old pass by --pass or by --passes, not both.');
    return { table: undefined, record: { text: pass, name: '', unit: '' } };
  }
  if (passes === undefined)
    throw new GatepostError(
      'usage',
      'Say which pass moves: --passes FILE in which it stands, or --pass TEXT.',
    );
  const wanted = asked.passId ?? number;
  if (wanted === undefined)
    throw new GatepostError('usage', 'The request names no pass: add its number with --number.');
  if (asked.passId !== undefined && number !== undefined && !asked.passId.startsWith(number))
    throw new GatepostError('usage', `The request is about pass ${asked.passId}, not ${number}.`);
  const table = new PassTable(passes);
  return { table, record: table.find(wanted) };
}

function checkMovable(
  { passId, expiresAt, holderKey: bound }: PassClaims,
  {
    bind,
    nowS,
    revocations,
  }: { readonly bind: HolderKey; readonly nowS: number; readonly revocations: string },
): void {
  if (nowS >= expiresAt)
    throw new GatepostError(
      'usage',
      `Pass ${passId} has expired; make a new one with gatepost pass issue --bind.`,
    );
  if (bound !== undefined && toHex(bound.publicKey) === toHex(bind.publicKey))
    throw new GatepostError('usage', `Pass ${passId} is bound to this phone already.`);
  if (existsSync(revocations) && readFileSync(revocations, 'utf8').toLowerCase().includes(passId))
    throw new GatepostError(
      'usage',
      `Pass ${passId} is in ${revocations} already: it was replaced or lost. Look for the pass that came after it.`,
    );
}

function request(written: string): Request {
  const [, key = '', passId] = /^([\w-]+?)(?:\.([0-9a-f]{16}))?$/.exec(plainForm(written)) ?? [];
  if (key === '')
    throw new InvalidArgumentError('It must be what the phone page shows as its request, on one line.');
  return { bind: holderKey(key), ...(passId === undefined ? {} : { passId }) };
}

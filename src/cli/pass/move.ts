import { type Command, InvalidArgumentError } from 'commander';
import { toHex } from '../../core/encoding/hex.ts';
import { GatepostError } from '../../core/errors.ts';
import { type Signer, signPass } from '../../core/pass/issue-pass.ts';
import type { HolderKey, PassClaims } from '../../core/pass/pass.ts';
import { createTrust, readPass } from '../../core/pass/read-pass.ts';
import { plainForm } from '../../core/text/visible.ts';
import { commandGroup } from '../command-group.ts';
import { ownTimeZone, showMoment } from '../moments.ts';
import { holderKey, wholeNumber } from '../option-values.ts';
import { saysYes } from '../read-line.ts';
import { signingKey } from '../signing-key.ts';
import { type HandOut, handOut, phonePage } from './hand-out.ts';
import { movedPassId } from './order.ts';
import { type PassOnRecord, PassTable, passNumber } from './pass-table.ts';
import { RevocationList } from './revocation-list.ts';

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
  readonly uses?: number;
  readonly yes?: boolean;
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
    .option(
      '--uses <n>',
      'how many uses are left, of a pass that has a number of them',
      wholeNumber(1, 65_535),
    )
    .option('--yes', 'it is the right pass: ask nothing')
    .option('--phone-page <address>', 'https address of the page for phones: also print the link', phonePage)
    .option('--qr <file>', 'also draw what the phone reads as a QR code, as .svg or .png')
    .action(move);
}

async function move(asked: Request, options: Options): Promise<void> {
  const signer = await signingKey(options.key, options.passphraseFile);
  const { table, record } = oldPass(asked, options);
  const old = claimsOf(record.text, signer, options.key);
  const wanted = asked.passId ?? options.number;
  if (wanted !== undefined && !old.passId.startsWith(wanted))
    throw usage(`The request is about pass ${wanted}, and the old pass is ${old.passId}.`);
  const list = new RevocationList(options.revocations);
  const passId = movedPassId(old.passId, asked.bind);
  const before = table?.find(passId);
  const isRevoked = list.find(old.passId) !== undefined;
  checkMovable(old, { ...asked, list, passId, isOnRecord: before !== undefined });
  const claims: PassClaims =
    before === undefined
      ? {
          ...{ ...old, ...usesOf(old, options.uses), passId },
          ...{ issuedAt: Math.floor(Date.now() / 1000), holderKey: asked.bind },
        }
      : claimsOf(before.text, signer, options.key);
  const text = before?.text ?? signPass(claims, signer);
  await ask(old, record, options.yes === true);
  if (isRevoked) console.error(`It was moved to this phone before: here is pass ${passId} once more.`);
  else console.error(`The old pass opens until a list signed from ${options.revocations} is at the gates.`);
  await handOut({ text, claims }, options, () => {
    // In this order: the office has the new pass before the old one is revoked, and the same command ends what was cut off.
    if (before === undefined && !isRevoked) table?.add({ ...record, text, claims });
    if (!isRevoked) list.addMoved(old.passId, passId);
  });
}

/** Says whose pass moves, and goes on only if that is meant. @throws GatepostError `usage` */
async function ask(
  { passId, kind, label, expiresAt }: PassClaims,
  { name, unit }: PassOnRecord,
  isYes: boolean,
): Promise<void> {
  const whose = [name, unit, label === undefined ? '' : `"${label}"`].filter((part) => part !== '');
  const what = [...(whose.length === 0 ? ['nobody is named'] : whose), kind].join(', ');
  console.error(`Pass ${passId}: ${what}, valid until ${showMoment(expiresAt, ownTimeZone())}.`);
  if (isYes) return;
  const { stdin } = process;
  if (stdin.isTTY && (await saysYes(stdin, 'Does it move to this phone? Type yes: '))) return;
  throw usage('Nothing was done. If this pass is to move to the phone of the request, add --yes.');
}

/** What is left of a number of uses, which the gates count for each id of a pass. @throws GatepostError `usage` */
function usesOf(old: PassClaims, left: number | undefined): { readonly uses?: number } {
  if (old.uses === undefined && left !== undefined)
    throw usage(`Pass ${old.passId} has no number of uses: take --uses away.`);
  if (old.uses === undefined) return {};
  if (left === undefined || left > old.uses)
    throw usage(
      `Pass ${old.passId} may be used ${old.uses} times, and the gates would count the new one from the beginning. Say how many uses are left with --uses, ${old.uses} at most.`,
    );
  return { uses: left };
}

/** @throws GatepostError `usage` if it is no pass that this key has signed */
function claimsOf(text: string, { publicKey }: Signer, path: string): PassClaims {
  const reading = readPass(text, createTrust([{ publicKey, name: path, status: 'active' }]));
  if (reading.status !== 'verified' || reading.form !== 'GP1')
    throw usage(`The old pass is none that ${path} has signed.`);
  return reading.claims;
}

/** The old pass, and the table that gets the new one. @throws GatepostError `usage` */
function oldPass(
  asked: Request,
  { passes, number, pass }: Options,
): { readonly table: PassTable | undefined; readonly record: PassOnRecord } {
  if (pass !== undefined) {
    if (passes !== undefined) throw usage('Give the old pass by --pass or by --passes, not both.');
    return { table: undefined, record: { text: pass, name: '', unit: '' } };
  }
  if (passes === undefined)
    throw usage('Say which pass moves: --passes FILE in which it stands, or --pass TEXT.');
  const wanted = asked.passId ?? number;
  if (wanted === undefined) throw usage('The request names no pass: add its number with --number.');
  if (asked.passId !== undefined && number !== undefined && !asked.passId.startsWith(number))
    throw usage(`The request is about pass ${asked.passId}, not ${number}.`);
  const table = new PassTable(passes);
  const record = table.find(wanted);
  if (record === undefined) throw usage(`No pass in ${passes} has the number ${wanted}.`);
  return { table, record };
}

function checkMovable(
  { passId: old, expiresAt, holderKey: bound }: PassClaims,
  {
    bind,
    list,
    passId,
    isOnRecord,
  }: {
    readonly bind: HolderKey;
    readonly list: RevocationList;
    /** Of the new pass. */
    readonly passId: string;
    /** Whether the new one stands in the table already. */
    readonly isOnRecord: boolean;
  },
): void {
  if (Date.now() >= expiresAt * 1000)
    throw usage(`Pass ${old} has expired; make a new one with gatepost pass issue --bind.`);
  if (bound !== undefined && toHex(bound.publicKey) === toHex(bind.publicKey))
    throw usage(`Pass ${old} is bound to this phone already.`);
  const revoked = list.find(old);
  const isHere = revoked !== undefined && (isOnRecord || revoked.movedTo === passId);
  const gone = isHere || revoked === undefined ? passId : old;
  if (list.find(gone) !== undefined)
    throw usage(
      `Pass ${gone} is in the list of revoked passes already: it was replaced or lost. Look for the pass that came after it.`,
    );
}

function usage(message: string): GatepostError {
  return new GatepostError('usage', message);
}

function request(written: string): Request {
  const [, key = '', passId] = /^([\w-]+?)(?:\.([0-9a-f]{16}))?$/.exec(plainForm(written)) ?? [];
  if (key === '')
    throw new InvalidArgumentError('It must be what the phone page shows as its request, on one line.');
  return { bind: holderKey(key), ...(passId === undefined ? {} : { passId }) };
}

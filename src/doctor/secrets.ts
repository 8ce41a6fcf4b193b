import { createPrivateKey, X509Certificate } from 'node:crypto';
import { messageOf } from '../core/errors.ts';
import { type Account, blockingFolder, may, READ } from './accounts.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A certificate should be renewed in its last so many days, or the last third of its life if that is shorter. */
const RENEW_DAYS = 30;
const RENEW_SHARE = 1 / 3;

/** A file that the gate reads: the config itself, or one that it names. */
export interface FileUse {
  /** `mqtt.keyFile`; `config` for the config itself. */
  readonly place: string;
  readonly path: string;
  readonly holds: 'settings' | 'password' | 'key' | 'certificate' | 'authority';
}

interface Look {
  readonly account: Account;
  readonly uses: readonly FileUse[];
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/** Whether the service can read its files, nobody else can read its secrets, and its certificate is valid. */
export function checkFiles(machine: Machine, look: Look): Finding[] {
  return look.uses.flatMap((use) => {
    const unread = checkReadable(machine, look.account, use);
    if (unread !== undefined) return [unread];
    const troubles = [...checkPrivate(machine, use), ...checkContent(machine, use, look)];
    return troubles.length > 0 ? troubles : [ok('files', `${use.place}: ${use.path} can be read.`)];
  });
}

function checkReadable(machine: Machine, account: Account, { place, path }: FileUse): Finding | undefined {
  const folder = blockingFolder(machine, account, path);
  if (folder !== undefined) {
    const text = `${place}: the user ${account.name} may not enter ${folder}.`;
    return fail('files', text, `chgrp gatepost ${folder}; chmod g+x ${folder}`);
  }
  if (!machine.exists(path) && !machine.isAskedByRoot)
    return warn('files', `${place}: ${path} cannot be seen.`, 'Look at it as root: sudo gatepost doctor');
  if (!machine.exists(path))
    return fail('files', `${place}: there is no file ${path}.`, 'Put it there, or change the config.');
  if (machine.stat(path)?.isFile() !== true)
    return fail('files', `${place}: ${path} is no file.`, 'Put a file there, or change the config.');
  if (may(machine, account, path, READ)) return undefined;
  const text = `${place}: the user ${account.name} may not read ${path}.`;
  return fail('files', text, `chgrp gatepost ${path}; chmod 640 ${path}`);
}

function checkPrivate(machine: Machine, { place, path, holds }: FileUse): Finding[] {
  const isSecret = holds === 'key' || holds === 'password';
  if (!isSecret || ((machine.stat(path)?.mode ?? 0) & 0o006) === 0) return [];
  const text = `${place}: the rights of ${path} let everybody on this machine have the secret in it.`;
  return [warn('files', text, `chgrp gatepost ${path}; chmod 640 ${path}`)];
}

function checkContent(machine: Machine, use: FileUse, look: Look): Finding[] {
  const { place, path, holds } = use;
  const text = machine.read(path);
  // The service can read it, but this user cannot.
  if (text === undefined || holds === 'settings') return [];
  if (holds === 'password')
    return text === '' ? [fail('files', `${place}: ${path} is empty.`, 'Write the password into it.')] : [];
  try {
    if (holds === 'key') {
      createPrivateKey(text);
      return [];
    }
    return checkCertificate(machine, new X509Certificate(text), use, look);
  } catch (error) {
    const wanted = holds === 'key' ? 'private key without a pass phrase' : 'certificate';
    const said = `${place}: ${path} holds no ${wanted} in PEM form (${messageOf(error)}).`;
    return [fail('files', said, 'Put the right file there.')];
  }
}

function checkCertificate(
  machine: Machine,
  certificate: X509Certificate,
  { place, path, holds }: FileUse,
  { uses, nowMs }: Look,
): Finding[] {
  const endMs = Date.parse(certificate.validTo);
  const lifeDays = (endMs - Date.parse(certificate.validFrom)) / DAY_MS;
  const days = (endMs - nowMs) / DAY_MS;
  const end = `${place}: the certificate in ${path}`;
  if (days < 0) return [fail('files', `${end} ended on ${certificate.validTo}.`, 'Renew it.')];
  const key = uses.find((use) => use.holds === 'key' && sectionOf(use) === sectionOf({ place }));
  const keyText = holds === 'certificate' && key !== undefined ? machine.read(key.path) : undefined;
  if (keyText !== undefined && !certificate.checkPrivateKey(createPrivateKey(keyText))) {
    const text = `${end} does not belong to the key in ${key?.path}.`;
    return [fail('files', text, 'Put the two that were made together there.')];
  }
  if (days >= Math.min(RENEW_DAYS, lifeDays * RENEW_SHARE)) return [];
  const when = `${end} ends in ${Math.floor(days)} days.`;
  return [warn('files', when, 'Renew it, with its key; both are read without a restart.')];
}

/** Certificate and key of one section belong together. */
function sectionOf({ place }: Pick<FileUse, 'place'>): string {
  return place.replace(/\.\w+$/, '');
}

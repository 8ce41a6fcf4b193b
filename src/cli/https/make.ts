import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { replaceFile, writeNewFile } from '../../adapters/files/new-files.ts';
import { ownPaths, readOwn } from '../../adapters/tls/own-files.ts';
import {
  authorityLife,
  canonicalName,
  certificateLife,
  isCertificateDue,
} from '../../core/certificate/own-certificate.ts';
import { GatepostError } from '../../core/errors.ts';

/** Readable by the service alone. */
const PRIVATE = 0o600;

interface OwnOrder {
  /** Folder of the store. */
  readonly folder: string;
  /** Host names and IP addresses by which the screens are opened. */
  readonly names: readonly string[];
  /** Whom people see as the maker: name of site and gate. */
  readonly title: string;
  /** The present time, Unix milliseconds. */
  readonly nowMs: number;
  /** Makes another authority in the place of the one there is. */
  readonly renewAuthority?: boolean;
}

/**
 * Makes what is missing or due of the kiosk's own authority and certificate.
 * @returns what was made; none if nothing was due
 * @throws GatepostError `usage`, `key.invalid`
 */
export async function makeOwn(order: OwnOrder): Promise<readonly ('authority' | 'certificate')[]> {
  const { folder, title, nowMs, renewAuthority = false } = order;
  const names = order.names.map(canonicalName);
  const paths = ownPaths(folder);
  if (!existsSync(folder) && process.getuid?.() === 0)
    throw new GatepostError(
      'usage',
      `Nothing was made: there is no folder ${folder} yet. Start the gate once, which makes it for the user of the service.`,
    );
  mkdirSync(paths.place, { recursive: true, mode: 0o700 });
  chmodSync(paths.place, 0o700);
  const before = renewAuthority ? undefined : readOwn(folder);
  if (before !== undefined && !isCertificateDue(before.screens, names, nowMs)) return [];
  const { beyond, issue, makeAuthority } = await import('../../adapters/tls/certificate-maker.ts');
  let authority = before?.authority;
  if (authority === undefined) {
    const { both } = await makeAuthority({ title: `${title} (Gatepost)`, names, ...authorityLife(nowMs) });
    if (renewAuthority) replaceFile(paths.authority, both, PRIVATE);
    else writeNewFile(paths.authority, both, PRIVATE);
    authority = readOwn(folder)?.authority;
    if (authority === undefined) throw new GatepostError('key.invalid', `${paths.authority} is gone again.`);
  }
  const foreign = beyond(authority.cert, names);
  if (foreign.length > 0)
    throw new GatepostError(
      'usage',
      `The authority of this kiosk was made for other names and signs nothing for ${foreign.join(', ')}. Take these out of web.https, or have another authority made, which every device must be given anew: gatepost https renew-authority`,
    );
  const [first = title] = names;
  const { both } = await issue(authority, {
    ...{ title: first, names },
    ...certificateLife(nowMs, authority.notAfterMs),
  });
  replaceFile(paths.screens, both, PRIVATE);
  return before === undefined ? ['authority', 'certificate'] : ['certificate'];
}

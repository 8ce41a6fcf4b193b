import type { BundleHeader, BundleRefusal, OpenedBundle } from '../../core/bundle/bundle.ts';
import { type BundleContent, readContent } from '../../core/bundle/content.ts';
import { detailOf, judgeHeader, openBundle } from '../../core/bundle/open-bundle.ts';
import { bundleSigners } from '../../core/bundle/trust-content.ts';
import { keyIdOf } from '../../core/pass/read-pass.ts';
import type { SignatureVerifier } from '../../ports/bundles.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BundlesInForce } from './bundles-in-force.ts';
import { runInTurns, sha256Steps } from './run-in-turns.ts';

export interface BundleCheckTools {
  readonly site: string;
  /** Raw Ed25519 key that signs trust bundles; without it every bundle is refused. */
  readonly rootKey: Uint8Array | undefined;
  readonly verifier: SignatureVerifier;
  /** Checks the policy of a bundle. @throws GatepostError `config.invalid` saying what is wrong */
  readonly judgePolicy: (json: string) => void;
  readonly clock: Clock;
}

export type BundleVerdict =
  | {
      readonly status: 'good';
      readonly bundle: OpenedBundle;
      readonly content: BundleContent;
      readonly digest: string;
    }
  | { readonly status: 'unchanged'; readonly header: BundleHeader }
  | {
      readonly status: 'refused';
      readonly refusal: BundleRefusal;
      readonly detail: string;
      readonly digest: string;
      /** The header as far as it could be read; not verified. */
      readonly header?: BundleHeader;
    };

/**
 * Checks a bundle from outside against the one in force: size, form, site, number, signer, signature, content, in this
 * order. Long work is done in turns or on another thread. Never throws because of the bytes.
 */
export async function checkBundle(
  bytes: Uint8Array,
  inForce: BundlesInForce,
  tools: BundleCheckTools,
): Promise<BundleVerdict> {
  const opening = openBundle(bytes);
  // A bundle that is too large is not read and has no digest.
  const tooLarge = opening.status === 'refused' && opening.refusal === 'too_large';
  const digest = tooLarge ? '' : await runInTurns(sha256Steps(bytes), tools.clock);
  if (opening.status === 'refused') return { ...opening, digest };
  const { bundle } = opening;
  const { header } = bundle;
  const refuse = (refusal: BundleRefusal, detail: string): BundleVerdict => ({
    status: 'refused',
    refusal,
    detail,
    digest,
    header,
  });

  const kept = inForce.kept(header.type);
  const sound = inForce.content(header.type) !== undefined;
  if (kept?.digest === digest && sound) return { status: 'unchanged', header };
  // A list that was damaged here may come again with the same bytes. A different one needs a higher number.
  const isReplacement = kept?.digest === digest;
  // The number of a list whose key is withdrawn is no lower limit: it may be high on purpose, to block later lists.
  const isFloor = kept !== undefined && !isReplacement && !inForce.isOrphaned(header.type);
  const presentNumber = isFloor ? kept.number : 0;
  const objection = judgeHeader(header, { site: tools.site, presentNumber });
  if (objection !== undefined) return refuse(objection.refusal, objection.detail);

  const signers = signersOf(bundle, inForce, tools);
  if (typeof signers === 'string') return refuse(signers, SIGNER_DETAILS[signers]);
  if (!(await isSignedByOne(bundle, signers, tools.verifier)))
    return refuse('signature_invalid', `The signature does not hold for key ${bundle.keyId}`);
  try {
    const content = await readJudged(bundle, tools);
    return { status: 'good', bundle, content, digest };
  } catch (error) {
    return refuse('content_invalid', detailOf(error));
  }
}

/** The content of a bundle, with its policy judged. @throws GatepostError `bundle.refused`, `pass.invalid` */
export async function readJudged(
  bundle: OpenedBundle,
  { judgePolicy, clock }: Pick<BundleCheckTools, 'judgePolicy' | 'clock'>,
): Promise<BundleContent> {
  const content = await runInTurns(readContent(bundle.header, bundle.content), clock);
  if (content.type === 'policy') judgePolicy(content.json);
  return content;
}

const SIGNER_DETAILS = {
  no_root_key: 'This gate has no root key (trust.rootKey in its config), so it can believe no list',
  unknown_signer: 'Nobody who may sign such a list here has this key',
} as const;

function signersOf(
  { header, keyId }: OpenedBundle,
  inForce: BundlesInForce,
  { rootKey, clock, site }: BundleCheckTools,
): readonly Uint8Array[] | keyof typeof SIGNER_DETAILS {
  if (rootKey === undefined) return 'no_root_key';
  const nowS = Math.floor(clock.read().wallMs / 1000);
  const keys =
    header.type === 'trust'
      ? [rootKey].filter((key) => keyIdOf(key) === keyId)
      : bundleSigners(inForce.listedKeys, { keyId, site, nowS }).map(({ publicKey }) => publicKey);
  return keys.length === 0 ? 'unknown_signer' : keys;
}

async function isSignedByOne(
  { toBeSigned, signature }: OpenedBundle,
  signers: readonly Uint8Array[],
  verifier: SignatureVerifier,
): Promise<boolean> {
  for (const key of signers) if (await verifier.verify(key, toBeSigned, signature)) return true;
  return false;
}

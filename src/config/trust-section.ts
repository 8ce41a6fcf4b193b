import { z } from 'zod';
import { BUNDLE_TYPES } from '../core/bundle/bundle.ts';
import { filePath, publicKey } from './fields.ts';

/** The section `trust`: whose signed lists this gate accepts, and how old they may become. */
export const trust = z.strictObject({
  rootKey: publicKey
    .exactOptional()
    .describe(
      'Ed25519 public key that signs the list of trusted keys, 64 hex or 43 base64url characters. Without it no signed list is taken.',
    ),
  graceHours: z
    .number()
    .int()
    .min(0)
    .max(2160)
    .default(24)
    .describe(
      'How long a list is still relied on after its next update was due, in hours; then the guard decides.',
    ),
  required: z
    .array(z.enum(BUNDLE_TYPES).exclude(['directory']))
    .max(BUNDLE_TYPES.length)
    .default([])
    .describe('Lists without which the guard decides; others may be missing.'),
  inboxFolder: filePath
    .exactOptional()
    .describe(
      'Folder, such as that of a USB stick, whose *.gpb files are taken up where there is no network.',
    ),
});

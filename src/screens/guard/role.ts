import { createContext } from 'preact';
import type { Role } from '../../core/access/vocabulary.ts';

/** What the signed-in operator is; undefined where the gate could not read it, and then nothing is offered. */
export const RoleContext = createContext<Role | undefined>(undefined);

/** Whether the account of the signed-in operator has one-time codes. */
export const CodeContext = createContext(false);

/** Whether it has passkeys. */
export const PasskeyContext = createContext(false);

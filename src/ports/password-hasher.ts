/** Turns passwords into hashes that can be kept, off the event loop. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Constant-time; false for a hash of unknown form. */
  verify(password: string, passwordHash: string): Promise<boolean>;
}

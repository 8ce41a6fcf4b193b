/**
 * Which signed commands are used up. The effects `useCommand` and `commandsFrom` write it, and a new life of the log: what
 * was signed before it began may have been carried out in one of which nothing is known any more.
 */
export interface CommandBook {
  /** The last counter of a key (public key, hex) that was used up; 0 if there was none. @throws `log.unavailable` */
  counterOf(key: string): number;
  /**
   * Unix milliseconds. What was signed before is no command any more. Undefined: no clock could be believed since the
   * log began. @throws `log.unavailable`
   */
  goodFromMs(): number | undefined;
}

/** Remembers which level was chosen; the effect `chooseLevel` writes it. */
export interface PolicyStore {
  /** Undefined while nobody has chosen one. @throws GatepostError `log.unavailable` */
  chosenLevel(): string | undefined;
}

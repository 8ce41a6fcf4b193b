export interface OperatorRecord {
  readonly name: string;
  /** PHC string of the password hash, e.g. `$scrypt$ln=15,r=8,p=1$…`. */
  readonly passwordHash: string;
}

/** Accounts of the people who may act at the guard's screen. */
export interface OperatorStore {
  find(name: string): OperatorRecord | undefined;
  count(): number;
  put(record: OperatorRecord): void;
}

/** One system call in what `strace -f -y` writes. */
export interface SystemCall {
  readonly name: string;
  /** Path of the file that it was made on; empty for others. */
  readonly path: string;
  /** Its words as strace prints them. */
  readonly words: string;
  /** Place in the log of its begin and of its return, counted in lines. */
  readonly begun: number;
  readonly returned: number;
  /** What it returned; undefined where it never did. */
  readonly result: number | undefined;
}

/** `123 write(5</tmp/level>, "1\n", 2) = 2`, with the number of the thread. */
const WHOLE = /^(\d+) +(\w+)\((?:\d+<([^>]*)>)?(.*)\) += (-?\d+)/s;
/** The same when another thread comes between begin and return. */
const BEGUN = /^(\d+) +(\w+)\((?:\d+<([^>]*)>)?(.*) <unfinished \.\.\.>$/s;
const RESUMED = /^(\d+) +<\.\.\. \w+ resumed>(.*)\) += (-?\d+)/s;

/** The calls of all threads in the order of their begin. Lines that are no call (signals, exits) are left out. */
export function readStrace(text: string): readonly SystemCall[] {
  const calls: SystemCall[] = [];
  /** Per thread, the place in `calls` of what has not returned. */
  const open = new Map<string, number>();
  for (const [at, line] of text.split('\n').entries()) {
    const resumed = RESUMED.exec(line);
    if (resumed !== null) {
      const [, thread = '', rest = '', result] = resumed;
      const place = open.get(thread);
      const call = place === undefined ? undefined : calls[place];
      if (place !== undefined && call !== undefined)
        calls[place] = { ...call, words: call.words + rest, returned: at, result: Number(result) };
      open.delete(thread);
      continue;
    }
    const begun = BEGUN.exec(line);
    const [, thread = '', name = '', path = '', words = '', result] = begun ?? WHOLE.exec(line) ?? [];
    if (name === '') continue;
    if (begun !== null) open.set(thread, calls.length);
    calls.push({
      name,
      path,
      words,
      begun: at,
      returned: begun === null ? at : Number.POSITIVE_INFINITY,
      result: begun === null ? Number(result) : undefined,
    });
  }
  return calls;
}

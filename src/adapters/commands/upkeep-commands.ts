import { z } from 'zod';
import type { DoctorFinding, ExportOrder, UpkeepCommands } from '../../ports/upkeep.ts';
import { type OwnCommand, outputOf } from './own-command.ts';

/** A check of the doctor may take 160 s, and a broker's is the longest. */
const DOCTOR_MS = 5 * 60_000;
const ANSWER_BYTES = 512 * 1024;
/** 0 all is well, 1 something could be better, 2 something does not work: each is an answer. */
const DOCTOR_CODES = [0, 1, 2];
/** That it was not asked by root: at the screen it never is, and the page says so. */
const OF_THE_ASKER = 'asker';

const Findings = z.object({
  findings: z
    .array(
      z.object({
        check: z.string().max(64),
        grade: z.enum(['ok', 'warn', 'fail']),
        text: z.string().max(4_000),
        fix: z.string().max(4_000).exactOptional(),
      }),
    )
    .max(500),
});

interface UpkeepCommandsDeps {
  readonly command: OwnCommand;
  /** Config file. */
  readonly config: string;
}

/** `gatepost doctor`, `gatepost backup` and `gatepost log export` beside the gate. */
export class OwnUpkeepCommands implements UpkeepCommands {
  readonly #deps: UpkeepCommandsDeps;

  constructor(deps: UpkeepCommandsDeps) {
    this.#deps = deps;
  }

  async examine(signal: AbortSignal): Promise<readonly DoctorFinding[]> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(DOCTOR_MS)]);
    const answer = await this.#answer(['doctor', '--json'], limited, DOCTOR_CODES);
    const { findings } = Findings.parse(JSON.parse(answer));
    return findings.filter(({ check }) => check !== OF_THE_ASKER);
  }

  async backup(folder: string, signal: AbortSignal): Promise<string> {
    return (await this.#answer(['backup', folder], signal)).trim();
  }

  export({ format, from, to }: ExportOrder, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const span = [...(from === undefined ? [] : ['--from', from]), ...(to === undefined ? [] : ['--to', to])];
    return this.#output(['log', 'export', '--format', format, ...span], signal);
  }

  /** The whole output as text. @throws Error also where it is longer than an answer may be */
  async #answer(words: readonly string[], signal: AbortSignal, good?: readonly number[]): Promise<string> {
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of this.#output(words, signal, good)) {
      bytes += piece.length;
      if (bytes > ANSWER_BYTES) throw new Error(`${words[0]} answers more than ${ANSWER_BYTES} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  #output(words: readonly string[], signal: AbortSignal, good?: readonly number[]) {
    const { command, config } = this.#deps;
    return outputOf(command, [...words, '--config', config], { signal, ...(good && { good }) });
  }
}

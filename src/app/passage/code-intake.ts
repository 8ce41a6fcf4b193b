import type { CodeReaderEvent } from '../../ports/code-reader.ts';
import type { PassageEvaluator } from './evaluator.ts';
import type { OpenGate } from './open-gate.ts';
import { type PassageFacts, passageWithCode } from './passage-facts.ts';
import type { PassageRunner } from './passage-runner.ts';
import type { ScanLockout } from './scan-lockout.ts';
import { SameShowing, type ScannedCodes, type ShownCode } from './scanned-codes.ts';
import type { ScannerNoise } from './scanner-noise.ts';
import type { SelfService } from './self-service.ts';

/** The list of who is inside, where passes are ticked while one is made. */
export interface Musters {
  ticksAt(accessPoint: string): boolean;
  seen(passId: string, accessPoint: string): void;
}

interface CodeIntakeDeps {
  readonly codes: ScannedCodes;
  readonly noise: Pick<ScannerNoise, 'takes' | 'answered' | 'unanswered' | 'tell'>;
  readonly selfService: Pick<SelfService, 'takes'>;
  readonly openGate: Pick<OpenGate, 'takes'>;
  readonly lockOut: Pick<
    ScanLockout,
    'isLocked' | 'isTry' | 'answerLate' | 'bad' | 'good' | 'dropLate' | 'onOver'
  >;
  readonly evaluator: PassageEvaluator;
  readonly runner: PassageRunner;
  readonly newId: () => string;
  readonly accessPoint: string;
  readonly musters: Musters;
}

/**
 * Receives the codes: separates noise, counts codes that are not passes, and begins a passage for the others. A code is
 * verified only here, and only once.
 */
export class CodeIntake {
  readonly #deps: CodeIntakeDeps;
  readonly #showing = new SameShowing();

  constructor(deps: CodeIntakeDeps) {
    this.#deps = deps;
    deps.lockOut.onOver(() => deps.noise.tell());
  }

  stop(): void {
    this.#dropLate();
  }

  /** Returns whether a person showed it; false for noise, which is counted. */
  take(event: CodeReaderEvent): boolean {
    const { codes, noise, selfService, openGate, lockOut, runner } = this.#deps;
    const shown = codes.take(event);
    if (noise.takes(shown.parsed)) return false;
    if (selfService.takes(shown)) {
      noise.answered(shown.parsed);
      return true;
    }
    const passedBy = runner.state.phase === 'idle' ? openGate.takes(shown) : undefined;
    if (passedBy !== undefined) noise.answered(passedBy);
    else if (lockOut.isLocked && lockOut.isTry(shown.text)) this.#takeTry(shown);
    else this.#attend(shown);
    this.#tick(shown);
    return true;
  }

  /** After everything else: whoever is on the way out waits for nothing. */
  #tick(shown: ShownCode): void {
    const { musters, accessPoint, evaluator } = this.#deps;
    if (!musters.ticksAt(accessPoint)) return;
    const passId = evaluator.passAtReader(shown);
    if (passId !== undefined) musters.seen(passId, accessPoint);
  }

  /** During a lock-out only a genuine pass is answered at once. */
  #takeTry(shown: ShownCode): void {
    const { lockOut, noise, evaluator } = this.#deps;
    const facts = evaluator.read(shown);
    if (facts.pass?.status === 'verified') this.#attend(shown, facts);
    else if (!lockOut.answerLate(() => this.#begin(shown, facts))) noise.unanswered();
  }

  #attend(shown: ShownCode, facts?: PassageFacts): void {
    this.#dropLate();
    this.#begin(shown, facts);
  }

  #begin(shown: ShownCode, known?: PassageFacts): void {
    const { evaluator, runner, newId } = this.#deps;
    if (this.#showing.isStill(shown)) {
      runner.take({ type: 'stillShown', codeKey: shown.codeKey });
      return;
    }
    const facts = known ?? evaluator.read(shown);
    this.#count(shown, facts);
    const passage = passageWithCode(newId(), shown.codeKey, facts);
    const { phase } = runner.state;
    const urgent = phase !== 'idle' && phase !== 'refused' && evaluator.isUrgent(passage);
    const turn = phase === 'released' && !urgent ? evaluator.turnOf(passage) : undefined;
    runner.take({ type: 'code', passage, urgent, ...(turn === undefined ? {} : { turn }) });
  }

  #count({ text }: ShownCode, { pass }: PassageFacts): void {
    const { lockOut } = this.#deps;
    // Only codes with text are attempts: noise on the scanner's line has none.
    if (pass?.status === 'unreadable' && text !== '') lockOut.bad();
    if (pass?.status === 'verified') lockOut.good();
  }

  /** Drops a code that waits for its late answer, because now another person is here, or nobody. */
  #dropLate(): void {
    const { lockOut, noise } = this.#deps;
    if (lockOut.dropLate()) noise.unanswered();
  }
}

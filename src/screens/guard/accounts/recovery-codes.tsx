import { useWords } from '../words.ts';
import '../registers/pass-slip.css';
import './code-form.css';

interface Props {
  readonly codes: readonly string[];
  readonly onKept: () => void;
}

/** The recovery codes, this once, to print or to write down. */
export function RecoveryCodes({ codes, onKept }: Props) {
  const { code: words, accounts } = useWords().locale.guard;
  return (
    <>
      <h3>{accounts.acts.code}</h3>
      <div class="pass-slip recovery">
        <p>{words.recovery}</p>
        <ol>
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ol>
      </div>
      <div class="actions">
        <button type="button" onClick={() => print()}>
          {words.print}
        </button>
        <button type="button" class="primary" onClick={onKept}>
          {words.kept}
        </button>
      </div>
    </>
  );
}

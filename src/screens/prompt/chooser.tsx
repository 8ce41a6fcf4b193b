import type { ComponentChildren } from 'preact';
import type { Language } from '../shared/locale.ts';
import type { PromptInfo } from './prompt-info.ts';
import { RESIDENT_WORDS } from './resident-words.ts';

interface Props {
  /** The language buttons. */
  readonly children: ComponentChildren;
  readonly language: Language;
  readonly accessPoints: PromptInfo['accessPoints'];
  readonly unknown: boolean;
}

/** For the installer: chooses the reader of this display, if the address names none or an unknown one. */
export function Chooser({ language, accessPoints, unknown, children }: Props) {
  const { prompt, vocabulary } = RESIDENT_WORDS[language];
  return (
    <main class="chooser">
      {children}
      {unknown && <p role="alert">{prompt.unknown}</p>}
      <h1>{accessPoints.length > 0 ? prompt.choose : prompt.chooseNone}</h1>
      {accessPoints.length > 0 && <p>{prompt.chooseHint}</p>}
      <ul>
        {accessPoints.map(({ id, direction }) => (
          <li key={id}>
            <a href={`?${new URLSearchParams({ accessPoint: id })}`}>
              {id} ({vocabulary.direction[direction]})
            </a>
          </li>
        ))}
      </ul>
      <p>
        <a href="/">{prompt.back}</a>
      </p>
    </main>
  );
}

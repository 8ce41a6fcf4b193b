import type { DemoMessage } from '../../ports/demo-panel.ts';
import { localeOf } from '../shared/all-words.ts';
import type { Language } from '../shared/locale.ts';
import { clockText } from '../shared/times.ts';

interface Props {
  readonly messages: readonly DemoMessage[];
  readonly timeZone: string;
  readonly language: Language;
}

/** The messages to the servers as they are sent: the topic, and the message on request. */
export function MessageList({ messages, timeZone, language }: Props) {
  const words = localeOf(language).demo.messages;
  return (
    <section aria-labelledby="messages">
      <h2 id="messages">{words.title}</h2>
      {messages.length === 0 && <p>{words.none}</p>}
      <ol class="messages">
        {messages.map(({ id, topic, text, retained, timeMs }) => (
          <li key={id}>
            <details>
              <summary>
                <time>{clockText(language, timeMs, timeZone)}</time> <code>{topic}</code>{' '}
                {retained && <span class="badge">{words.retained}</span>}
              </summary>
              <pre>{text === '' ? words.cleared : indented(text)}</pre>
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** JSON with one line per member; a text that was cut is returned unchanged. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

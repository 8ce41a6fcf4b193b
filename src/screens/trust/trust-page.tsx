import { useEffect, useState } from 'preact/hooks';
import { languageFrom } from '../../core/text/language.ts';
import { localeOf } from '../shared/all-words.ts';
import { type Answer, getJson } from '../shared/api.ts';
import { LanguageButtons } from '../shared/language-buttons.tsx';
import { useDocumentLanguage, useLanguageChoice } from '../shared/language-choice.ts';
import { QrImage } from '../shared/qr-image.tsx';

const DEVICES = ['iphone', 'android', 'windows', 'mac', 'linux'] as const;

/** What `GET /api/https` answers. The fingerprint is told to screens of the kiosk itself alone. */
interface Trust {
  readonly urls: readonly string[];
  readonly fingerprint?: readonly string[];
}

/** The page `/trust/`: how a device is made to believe this kiosk, and by what people see that it is this one. */
export function TrustPage() {
  const [chosen, choose] = useLanguageChoice({ key: 'gatepost.guard.language' });
  const language = chosen ?? languageFrom(navigator.language) ?? 'en';
  const { trust: words, common } = localeOf(language);
  useDocumentLanguage(language, words.title);
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    void getJson('/api/https').then(setAnswer);
  }, []);
  const known = trustIn(answer);
  const address = `${known?.urls[0] ?? location.origin}/trust/`;
  return (
    <main class="trust">
      <LanguageButtons value={language} label={common.languages} onChoose={choose} />
      <h1>{words.title}</h1>
      <p>{words.lead}</p>
      <ol>
        <li>
          <h2>{words.fetch}</h2>
          {known?.fingerprint === undefined ? (
            <a class="fetch" href="/gatepost-ca.crt" download="gatepost-ca.crt">
              {words.download}
            </a>
          ) : (
            <figure>
              <QrImage text={address} />
              <figcaption>
                {words.open} <strong class="address">{address}</strong>
              </figcaption>
            </figure>
          )}
          <p>{words.once}</p>
        </li>
        <li>
          <h2>{words.compare}</h2>
          {known?.fingerprint === undefined ? (
            <p>{words.compareThere}</p>
          ) : (
            <>
              <p>{words.compareHere}</p>
              <figure>
                <QrImage text={known.fingerprint.join(' ')} />
                <figcaption class="fingerprint">
                  {known.fingerprint.map((line) => (
                    <code key={line}>{line}</code>
                  ))}
                </figcaption>
              </figure>
            </>
          )}
          <p>
            <strong>{words.different}</strong>
          </p>
        </li>
        <li>
          <h2>{words.install}</h2>
          {DEVICES.map((device) => (
            <details key={device}>
              <summary>{words.devices[device].name}</summary>
              <p>{words.devices[device].install}</p>
              <p>{words.devices[device].fingerprint}</p>
            </details>
          ))}
        </li>
        <li>
          <h2>{words.done}</h2>
          <p>{words.doneHint}</p>
        </li>
      </ol>
    </main>
  );
}

function trustIn(answer: Answer | undefined): Trust | undefined {
  if (answer === undefined || answer === 'unreachable' || answer.status !== 200) return undefined;
  return answer.body as unknown as Trust;
}

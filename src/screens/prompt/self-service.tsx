import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RequestKind, SelfServiceOrder } from '../../core/report/data-request.ts';
import type { AccountView, PromptView } from '../../ports/resident-prompt.ts';
import { postJson } from '../shared/api.ts';
import { fill, type Language, localeOf } from '../shared/locale.ts';
import { dateWithYear } from '../shared/times.ts';
import { useSecondsLeft } from '../shared/use-seconds-left.ts';
import { Phrase, useFit } from './prompt-frame.tsx';

/** Tells the gate what was pressed. Returns whether it was done; what became of it, the screen shows. */
async function press(accessPoint: string, order: SelfServiceOrder): Promise<boolean> {
  const answer = await postJson('/api/self-service', { accessPoint, order });
  return answer !== 'unreachable' && answer.status === 200;
}

/**
 * While nobody is there: begins. Afterwards: ends it, as Escape does. Where nothing can be touched or pointed at there is
 * no button to begin.
 */
export function SelfServiceButton({ view, language }: { view: PromptView; language: Language }) {
  const { accessPoint, selfService: own, feedback } = view;
  const words = localeOf(language).prompt.selfService;
  const left = useSecondsLeft(own?.seconds ?? 0, view);
  const isOn = own !== undefined;
  useEffect(() => {
    if (!isOn) return undefined;
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') void press(accessPoint, 'end');
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [isOn, accessPoint]);
  if (own !== undefined)
    return (
      <button type="button" class="self-service" onClick={() => void press(accessPoint, 'end')}>
        {own.step === 'account' ? words.done : words.back} ({Math.ceil(left)})
      </button>
    );
  if (feedback !== 'Idle') return null;
  return (
    <button type="button" class="self-service begins" onClick={() => void press(accessPoint, 'begin')}>
      {words.button}
    </button>
  );
}

interface AccountProps {
  readonly accessPoint: string;
  readonly account: AccountView;
  readonly language: Language;
  /** Foot of the screen. */
  readonly children: ComponentChildren;
}

/** What is kept about one pass: numbers and days, and what can be asked for. */
export function AccountFrame({ accessPoint, account, language, children }: AccountProps) {
  const words = localeOf(language).prompt.selfService;
  const text = useFit<HTMLDivElement>(JSON.stringify([account, language]), 0.1);
  const { rows, since, lines, copies } = account;
  const day = (date: string | undefined) => (date === undefined ? words.rule : dateWithYear(language, date));
  return (
    <div class="stage tone-wait account" data-tone="wait" data-step="account">
      <div class="kept words" lang={language} role="status" ref={text}>
        <h2>
          <Phrase text={lines.length === 0 ? words.nothing : words.title} language={language} />
        </h2>
        {since !== undefined && (
          <p>{fill(words.rows, { count: rows, day: dateWithYear(language, since) })}</p>
        )}
        {lines.length > 0 && (
          <table>
            <thead>
              <tr>
                <th scope="col">{words.kind}</th>
                <th scope="col">{words.count}</th>
                <th scope="col">{words.until}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ kind, count, until }) => (
                <tr key={kind}>
                  <th scope="row">{words.kinds[kind]}</th>
                  <td>{count}</td>
                  <td>{day(until)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <p class="notes">
          {[words.only, ...copies.map((copy) => words.copies[copy])].map((note) => (
            <span key={note}>
              <Phrase text={note} language={language} />
            </span>
          ))}
        </p>
      </div>
      <Requests accessPoint={accessPoint} account={account} language={language} />
      {children}
    </div>
  );
}

/** What became of the last request, and the next one, which is asked for twice. */
function Requests({ accessPoint, account, language }: Omit<AccountProps, 'children'>) {
  const words = localeOf(language).prompt.selfService;
  const [meant, setMeant] = useState<RequestKind>();
  const [failed, setFailed] = useState(false);
  const { request, mayAsk } = account;
  const told =
    request &&
    fill(words.request[request.state], {
      ...request,
      what: words.what[request.kind],
      note: request.note ?? '',
    });
  const text = useFit<HTMLDivElement>(JSON.stringify([told, meant, failed, mayAsk, language]), 0.09);
  const ask = async (kind: RequestKind) => {
    setFailed(false);
    setMeant(undefined);
    setFailed(!(await press(accessPoint, kind)));
  };
  const hint = meant !== undefined ? `${words.sure[meant]}\n${words.sureHint}` : (told ?? '');
  return (
    <div class="requests" lang={language}>
      <div class="words" role="status" ref={text}>
        {hint !== '' && (
          <p>
            <Phrase text={hint} language={language} />
          </p>
        )}
        {failed && <p role="alert">{words.failed}</p>}
        {!mayAsk && request?.state !== 'open' && request?.state !== 'confirmed' && <p>{words.office}</p>}
      </div>
      {mayAsk && (
        <div class="choices">
          {meant === undefined ? (
            (['export', 'erasure'] as const).map((kind) => (
              <button key={kind} type="button" class="self-service" onClick={() => setMeant(kind)}>
                {words.ask[kind]}
              </button>
            ))
          ) : (
            <>
              <button type="button" class="self-service" onClick={() => void ask(meant)}>
                {words.yes}
              </button>
              <button type="button" class="self-service" onClick={() => setMeant(undefined)}>
                {words.cancel}
              </button>
            </>
          )}
        </div>
      )}
    </div>
  );
}

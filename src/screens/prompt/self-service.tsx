import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RequestKind, SelfServiceOrder } from '../../core/report/data-request.ts';
import type { AccountView, PromptView } from '../../ports/resident-prompt.ts';
import { postJson } from '../shared/api.ts';
import { fill, type Language } from '../shared/locale.ts';
import { dateWithYear } from '../shared/times.ts';
import { useSecondsLeft } from '../shared/use-seconds-left.ts';
import { Phrase } from './phrase.tsx';
import { RESIDENT_WORDS } from './resident-words.ts';
import { type LongText, pagesOf, TextPageFrame } from './text-pages.tsx';
import { useFit } from './use-fit.ts';

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
  const words = RESIDENT_WORDS[language].prompt.selfService;
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
  /** From 0. */
  readonly page: number;
  /** Foot of the screen. */
  readonly children: ComponentChildren;
}

/** What became of the last request, then what is kept about one pass: numbers and days. */
export function accountPages(account: AccountView, language: Language) {
  const { rows, since, lines, copies, request, mayAsk } = account;
  const words = RESIDENT_WORDS[language].prompt.selfService;
  const until = (date: string | undefined) =>
    date === undefined ? words.rule : `${words.until} ${dateWithYear(language, date)}`;
  const told =
    request &&
    fill(words.request[request.state], {
      ...request,
      what: words.what[request.kind],
      note: request.note ?? '',
    });
  const count = since && fill(words.rows, { count: rows, day: dateWithYear(language, since) });
  const title = lines.length === 0 ? words.nothing : words.title;
  const isAsked = request?.state === 'open' || request?.state === 'confirmed';
  const where = mayAsk || isAsked ? [] : [words.office];
  const parts: LongText[] = [
    ...(told === undefined ? [] : [{ title: words.requests, lines: [told], rows: [] }]),
    {
      title,
      lines: count === undefined ? [] : [count],
      rows: lines.map((line) => [words.kinds[line.kind], `${line.count}, ${until(line.until)}`] as const),
    },
    { title, lines: [words.only, ...copies.map((copy) => words.copies[copy]), ...where], rows: [] },
  ];
  return pagesOf(parts, 'shared');
}

/** What is kept about one pass, and what can be asked for. */
export function AccountFrame({ accessPoint, account, language, page, children }: AccountProps) {
  const pages = accountPages(account, language);
  return (
    <TextPageFrame
      kind="account"
      pictogram="phone"
      tone="wait"
      page={pages[Math.min(page, pages.length - 1)]}
      language={language}
    >
      {account.mayAsk && <Requests accessPoint={accessPoint} language={language} />}
      {children}
    </TextPageFrame>
  );
}

/** What can be asked for, which is asked for twice. */
function Requests({ accessPoint, language }: Pick<AccountProps, 'accessPoint' | 'language'>) {
  const words = RESIDENT_WORDS[language].prompt.selfService;
  const [meant, setMeant] = useState<RequestKind>();
  const [failed, setFailed] = useState(false);
  const hint = meant === undefined ? '' : `${words.sure[meant]}\n${words.sureHint}`;
  const text = useFit<HTMLDivElement>(JSON.stringify([hint, failed, language]), 0.2);
  const ask = async (kind: RequestKind) => {
    setFailed(false);
    setMeant(undefined);
    setFailed(!(await press(accessPoint, kind)));
  };
  return (
    <div class={hint === '' && !failed ? 'requests' : 'requests telling'} lang={language}>
      <div class="words" role="status" ref={text}>
        {hint !== '' && (
          <p>
            <Phrase text={hint} language={language} />
          </p>
        )}
        {failed && <p role="alert">{words.failed}</p>}
      </div>
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
    </div>
  );
}

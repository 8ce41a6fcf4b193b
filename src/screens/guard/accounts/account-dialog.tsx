import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import { mayDo } from '../../../core/desk/rights.ts';
import type { AccountView } from '../../../ports/operator-store.ts';
import { getJson } from '../../shared/api.ts';
import { fill } from '../../shared/locale.ts';
import { Modal } from '../dialogs/modal.tsx';
import { RoleContext } from '../role.ts';
import { useWords } from '../words.ts';
import { type AccountAct, AccountForm } from './account-form.tsx';
import { hasPasskeys } from './ask-device.ts';
import { LazyOwnWay } from './lazy-own-way.tsx';

interface Account extends AccountView {
  /** Number of open sessions. */
  readonly sessions: number;
}

interface Props {
  readonly operator: string;
  readonly onSessionDoubt: () => Promise<void>;
  readonly onClose: () => void;
  /** Asks for the dialog about light and sound instead. */
  readonly onDisplay: () => void;
}

/** One's own account; for whoever may, the accounts of all others too. */
export function AccountDialog({ operator, onSessionDoubt, onClose, onDisplay }: Props) {
  const { guard } = useWords().locale;
  const words = guard.accounts;
  const role = useContext(RoleContext);
  const mayChange = mayDo(role, 'accounts');
  const mayLook = mayDo(role, 'lost-phone');
  const dialog = useRef<HTMLDialogElement>(null);
  const [accounts, setAccounts] = useState<readonly Account[]>([]);
  const [act, setAct] = useState<AccountAct>();
  const [said, setSaid] = useState('');

  const look = useCallback(async () => {
    if (!mayLook) return;
    const answer = await getJson('/api/accounts');
    if (answer === 'unreachable') return setSaid(guard.dialog.noAnswer);
    if (answer.status === 401) return onSessionDoubt();
    if (answer.status === 200) setAccounts((answer.body.accounts ?? []) as readonly Account[]);
  }, [mayLook, guard, onSessionDoubt]);
  useEffect(() => {
    void look();
  }, [look]);

  const begin = (next: AccountAct) => {
    setSaid('');
    setAct(next);
  };
  const onDone = async () => {
    setAct(undefined);
    setSaid(words.done);
    await look();
  };
  // Closed first, so that the focus is where it was before when the other one is closed too.
  const goOnToDisplay = () => {
    dialog.current?.close();
    onDisplay();
  };
  const title = (
    <>
      {words.title}: <q>{operator}</q> {role && `(${words.roles[role].name})`}
    </>
  );
  return (
    <Modal wide title={title} dialog={dialog} onClose={onClose}>
      {act?.type === 'code' || act?.type === 'passkeys' ? (
        <LazyOwnWay
          way={act.type}
          onDone={async () => {
            await onDone();
            // The page learns what counts from now on.
            await onSessionDoubt();
          }}
          onBack={() => setAct(undefined)}
          onSessionDoubt={onSessionDoubt}
        />
      ) : act ? (
        <AccountForm
          key={`${act.type} ${act.operator ?? ''}`}
          act={act}
          onDone={onDone}
          onBack={() => setAct(undefined)}
          onSessionDoubt={onSessionDoubt}
        />
      ) : (
        <>
          {role && <p>{words.roles[role].may}</p>}
          <p role="status">{said}</p>
          {accounts.length > 0 && (
            <ul class="entries accounts">
              {accounts.map((account) => (
                <Row
                  key={account.name}
                  account={account}
                  isOwn={account.name === operator}
                  mayChange={mayChange}
                  onBegin={begin}
                />
              ))}
            </ul>
          )}
          <div class="actions">
            <button type="button" onClick={() => begin({ type: 'own-password' })}>
              {words.acts['own-password']}
            </button>
            <button type="button" onClick={() => begin({ type: 'code' })}>
              {words.acts.code}
            </button>
            {hasPasskeys() && (
              <button type="button" onClick={() => begin({ type: 'passkeys' })}>
                {words.acts.passkeys}
              </button>
            )}
            {mayChange && (
              <button type="button" class="primary" onClick={() => begin({ type: 'create' })}>
                {words.acts.create}
              </button>
            )}
            <button type="button" onClick={goOnToDisplay}>
              {guard.display.title}
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              {words.close}
            </button>
          </div>
        </>
      )}
    </Modal>
  );
}

interface RowProps {
  readonly account: Account;
  readonly isOwn: boolean;
  readonly mayChange: boolean;
  readonly onBegin: (act: AccountAct) => void;
}

function Row({ account: { name, role, sessions, code, passkeys = 0 }, isOwn, mayChange, onBegin }: RowProps) {
  const words = useWords().locale.guard.accounts;
  const types = [
    ...(code ? (['remove-code'] as const) : []),
    ...(passkeys > 0 ? (['remove-passkeys'] as const) : []),
    ...(mayChange && sessions > 0 ? (['end-sessions'] as const) : []),
    ...(mayChange ? (['set-role', 'set-password', 'remove'] as const) : []),
  ];
  return (
    <li>
      <p>
        <strong class="foreign">{name}</strong> <span class="badge">{words.roles[role].name}</span>
        {code && <span class="badge">{words.hasCode}</span>}
        {passkeys > 0 && <span class="badge">{fill(words.hasPasskeys, { count: passkeys })}</span>}
        {sessions > 0 && <span class="fine">{fill(words.sessions, { count: sessions })}</span>}
      </p>
      {!isOwn && (
        <span class="does">
          {types.map((type) => (
            <button
              key={type}
              type="button"
              aria-label={`${words.acts[type]}: ${name}`}
              onClick={() => onBegin({ type, operator: name, role })}
            >
              {words.acts[type]}
            </button>
          ))}
        </span>
      )}
    </li>
  );
}

import type { ComponentChildren } from 'preact';
import { useChimes } from '../../shared/chime.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { useWords } from '../words.ts';
import { useRepeatedChime } from './use-alarm-sound.ts';

/** As in src/adapters/web/calls.ts: how much waits for a guard, and nothing of whom it is about. */
export interface Calls {
  readonly waiting: number;
  readonly alarm: boolean;
}

/**
 * Nobody watches here: said, and heard while something waits for a guard. What comes and goes moves nothing of the form
 * between: a finger is on its way to it.
 */
export function SignedOut({ calls, children }: { calls: Calls; children: ComponentChildren }) {
  const { signIn: words, header } = useWords().locale.guard;
  const { player, audible } = useChimes();
  const { waiting, alarm } = calls;
  useRepeatedChime(player, waiting === 0 ? undefined : alarm ? 'alarm' : 'attention');
  return (
    <>
      <div role="alert" class={waiting > 0 ? 'signed-out needed' : 'signed-out'}>
        <Icon name={waiting > 0 ? 'bell' : 'warning'} />
        <p>
          <strong>{words.nobody}</strong>
          <br />
          {waiting > 0 ? fill(words.waiting, { count: waiting }) : words.quiet}
        </p>
      </div>
      {children}
      {!audible && (
        <button type="button" class="badge warn">
          <Icon name="muted" />
          {header.soundOff}
        </button>
      )}
    </>
  );
}

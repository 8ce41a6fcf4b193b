import { useRef } from 'preact/hooks';
import type { Chime, ChimePlayer } from '../../shared/chime.ts';
import { Choices } from '../dialogs/choices.tsx';
import { Modal } from '../dialogs/modal.tsx';
import { useWords } from '../words.ts';
import { COLOURS, type Display, LOUDNESS } from './display.ts';

const TRIED = ['attention', 'alarm', 'fire'] as const satisfies readonly Chime[];

interface Props {
  readonly display: Display;
  readonly choose: (change: Partial<Display>) => void;
  /** Of the tones now, 0 to 1. */
  readonly loudness: number;
  readonly player: ChimePlayer;
  readonly onClose: () => void;
}

/** How bright and how loud this browser is. */
export function DisplayDialog({ display, choose, loudness, player, onClose }: Props) {
  const { guard } = useWords().locale;
  const words = guard.display;
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <Modal title={words.title} dialog={dialog} onClose={onClose}>
      <div class="display">
        <Choices
          legend={words.colours}
          name="colours"
          value={display.colours}
          choices={COLOURS.map((value) => ({ value, words: words.coloursOf[value] }))}
          onChoose={(colours) => choose({ colours })}
        />
        <Choices
          legend={words.loudness}
          name="loudness"
          value={display.loudness}
          choices={LOUDNESS.map((value) => ({ value, words: words.loudnessOf[value] }))}
          onChoose={(loudness) => choose({ loudness })}
        />
        <p>{words.fireIsLoud}</p>
        <div class="actions">
          {TRIED.map((chime) => (
            <button
              key={chime}
              type="button"
              onClick={() => player.play(chime, chime === 'fire' ? 1 : loudness)}
            >
              {words.hear[chime]}
            </button>
          ))}
        </div>
        <div class="actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            {guard.accounts.close}
          </button>
        </div>
      </div>
    </Modal>
  );
}

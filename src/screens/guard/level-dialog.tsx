import { useState } from 'preact/hooks';
import { fill } from '../shared/locale.ts';
import { levelWords } from './level-card.tsx';
import type { Order } from './orders.ts';
import { type DialogEnd, ReasonDialog } from './reason-dialog.tsx';
import { TextField } from './text-field.tsx';
import { useWords } from './words.ts';

/** A level holds for everybody, so the guard proves anew who is sitting here. */
export function LevelDialog({ order, ...end }: { order: Extract<Order, { type: 'level' }> } & DialogEnd) {
  const { locale } = useWords();
  const { level: words, dialog, presets } = locale.guard;
  const [password, setPassword] = useState('');
  return (
    <ReasonDialog
      title={fill(words.ask, { level: levelWords(locale, order.level) })}
      effect={order.opensGate ? words.opens : words.checks}
      presets={presets.level}
      instant={false}
      draft={(note) =>
        password === ''
          ? { problem: dialog.noPassword }
          : { path: '/api/guard/level', body: { level: order.level, password, note } }
      }
      {...end}
    >
      <TextField
        label={dialog.password}
        type="password"
        autoComplete="current-password"
        value={password}
        onText={setPassword}
      />
    </ReasonDialog>
  );
}

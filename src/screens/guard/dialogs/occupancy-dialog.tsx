import { useState } from 'preact/hooks';
import { MOST_INSIDE } from '../../../core/access/bounds.ts';
import type { Order } from '../orders.ts';
import { useWords } from '../words.ts';
import { type DialogEnd, ReasonDialog } from './reason-dialog.tsx';
import { TextField } from './text-field.tsx';

/** Sets the number of people inside, as counted by the guard. */
export function OccupancyDialog({
  order,
  ...end
}: { order: Extract<Order, { type: 'occupancy' }> } & DialogEnd) {
  const { level: words, presets } = useWords().locale.guard;
  const [typed, setTyped] = useState(String(order.value));
  const value = /^\d+$/.test(typed) ? Number(typed) : Number.NaN;
  return (
    <ReasonDialog
      title={words.countAsk}
      effect={words.countEffect}
      presets={presets.occupancy}
      instant={false}
      draft={(note) =>
        value <= MOST_INSIDE ? { type: 'occupancy', value, note } : { problem: words.countWrong }
      }
      {...end}
    >
      <TextField
        label={words.inside}
        type="number"
        min="0"
        max={String(MOST_INSIDE)}
        value={typed}
        onText={setTyped}
      />
    </ReasonDialog>
  );
}

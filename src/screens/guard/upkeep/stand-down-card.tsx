import { useEffect, useState } from 'preact/hooks';
import type { StandDownView } from '../../../ports/upkeep.ts';
import { getJson } from '../../shared/api.ts';
import { useWords } from '../words.ts';

/** What the end of the checkpoint erases, and how it is done at the machine. */
export function StandDownCard({ onSessionDoubt }: { readonly onSessionDoubt: () => Promise<void> }) {
  const words = useWords().locale.guard.upkeep.standDown;
  const [view, setView] = useState<StandDownView>();
  useEffect(() => {
    void getJson('/api/upkeep/stand-down').then((answer) => {
      if (answer === 'unreachable') return;
      if (answer.status === 401) void onSessionDoubt();
      if (answer.status === 200) setView(answer.body as unknown as StandDownView);
    });
  }, [onSessionDoubt]);
  if (view === undefined) return null;
  return (
    <section class="card" aria-labelledby="upkeep-stand-down">
      <h2 id="upkeep-stand-down">{words.title}</h2>
      <p>{words.about}</p>
      <details>
        <summary>{words.more}</summary>
        <p>{words.goes}</p>
        <p>{words.stays}</p>
        <p>{words.backups}</p>
        <p>{words.how}</p>
        {view.commands.map((command) => (
          <p key={command} class="command" lang="en">
            <code>
              {command.split(' ').map((word, at) => (
                <span key={`${at} ${word}`}>{word} </span>
              ))}
            </code>
          </p>
        ))}
      </details>
    </section>
  );
}

interface Props<T extends string> {
  readonly value: T;
  readonly tabs: readonly { readonly id: T; readonly words: string; readonly count?: number }[];
  /** Id of the element that changes. */
  readonly controls: string;
  readonly onChoose: (id: T) => void;
}

/** Tabs after the WAI-ARIA pattern: one tab takes the focus, arrow keys go to the next. */
export function Tabs<T extends string>({ value, tabs, controls, onChoose }: Props<T>) {
  const move = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const at = tabs.findIndex(({ id }) => id === value);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChoose(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" onKeyDown={move}>
      {tabs.map(({ id, words, count = 0 }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === value}
          aria-controls={controls}
          tabIndex={id === value ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {words}
          {count > 0 && <span class="count">{count}</span>}
        </button>
      ))}
    </div>
  );
}

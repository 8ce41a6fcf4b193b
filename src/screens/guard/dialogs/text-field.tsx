interface Props {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly type?: 'text' | 'password' | 'date' | 'number';
  readonly maxLength?: number;
  readonly autoComplete?: string;
  readonly inputMode?: 'decimal' | 'numeric';
  readonly min?: string;
  readonly max?: string;
}

/** A labelled field of a dialog. */
export function TextField({ label, value, onText, type = 'text', autoComplete = 'off', ...limits }: Props) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type={type}
        value={value}
        autoComplete={autoComplete}
        spellcheck={false}
        onInput={(event) => onText(event.currentTarget.value)}
        {...limits}
      />
    </label>
  );
}

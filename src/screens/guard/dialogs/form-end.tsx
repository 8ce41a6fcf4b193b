interface Props {
  /** Why nothing was done, in words. */
  readonly problem: string | undefined;
  readonly busy: boolean;
  /** What the form does. */
  readonly does: string;
  readonly cancel: string;
  readonly onCancel: () => void;
}

/** The end of a form in a dialog: what was wrong, the button that sends, and the one that does not. */
export function FormEnd({ problem, busy, does, cancel, onCancel }: Props) {
  return (
    <div class="dialog-end">
      <p role="alert" class="problem">
        {problem}
      </p>
      <div class="actions">
        <button type="submit" class="primary" disabled={busy}>
          {does}
        </button>
        <button type="button" onClick={onCancel}>
          {cancel}
        </button>
      </div>
    </div>
  );
}

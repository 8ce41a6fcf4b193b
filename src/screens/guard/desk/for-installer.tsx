import { useWords } from '../words.ts';

interface Props {
  readonly detail: string;
  /** Where the page itself cannot say what to do. */
  readonly open: boolean;
}

/** The daemon's own English sentence, folded away: the guard has the words above it, the installer wants this one. */
export function ForInstaller({ detail, open }: Props) {
  const { locale } = useWords();
  return (
    <details class="technical" open={open}>
      <summary>{locale.guard.devices.forInstaller}</summary>
      <p lang="en">{detail}</p>
    </details>
  );
}

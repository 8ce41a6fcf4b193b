import { useWords } from '../words.ts';

interface Props {
  readonly detail: string;
  /** Whether it is unfolded, for problems about which the page itself has no advice. */
  readonly open: boolean;
}

/** The daemon's own English sentence for the installer, folded; the words for the guard are above it. */
export function ForInstaller({ detail, open }: Props) {
  const { locale } = useWords();
  return (
    <details class="technical" open={open}>
      <summary>{locale.guard.devices.forInstaller}</summary>
      <p lang="en">{detail}</p>
    </details>
  );
}

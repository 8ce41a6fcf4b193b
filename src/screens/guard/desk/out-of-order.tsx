import { fill, wordIn } from '../../shared/locale.ts';
import { useWords } from '../words.ts';
import { ForInstaller } from './for-installer.tsx';

interface Props {
  readonly trouble?: string;
  readonly detail?: string;
  readonly file?: string;
}

/** Replaces the sign-in while the gate cannot write its log: says why, what to do and how people get out. */
export function OutOfOrder({ trouble, detail, file }: Props) {
  const { locale } = useWords();
  const { waits } = locale.guard;
  const { deviceCause } = locale.vocabulary;
  return (
    <section class="out-of-order" role="alert">
      <h1>{waits.title}</h1>
      <p>{wordIn<string>(deviceCause, trouble) ?? deviceCause.other}</p>
      <p>{waits.exit}</p>
      {file && <p class="file">{fill(waits.file, { file })}</p>}
      <p>{waits.again}</p>
      {detail && <ForInstaller detail={detail} open={!Object.hasOwn(deviceCause, trouble ?? '')} />}
    </section>
  );
}

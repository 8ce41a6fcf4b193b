import type { Language } from '../shared/locale.ts';
import { FOREHEAD_AT_SENSOR } from './pictogram.tsx';
import { RESIDENT_WORDS } from './resident-words.ts';
import { Ring } from './ring.tsx';

interface Props {
  /** 0 to 1. */
  readonly progress: number;
  readonly language: Language;
}

/** The forehead at the sensor, in a ring that fills as it is measured. It moves from one step to the next by itself. */
export function MeasuringRing({ progress, language }: Props) {
  return (
    <svg
      class="pictogram measuring"
      data-picture="measuring"
      viewBox="0 0 240 240"
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(progress * 100)}
      aria-label={RESIDENT_WORDS[language].cause.steady.guard}
    >
      <Ring part={progress} />
      <g transform="translate(36 42) scale(.7)">{FOREHEAD_AT_SENSOR}</g>
    </svg>
  );
}

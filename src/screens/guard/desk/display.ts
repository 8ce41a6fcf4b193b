import { useEffect, useState } from 'preact/hooks';
import type { SiteFacts } from '../../../ports/gate-state.ts';
import { isWithin, minuteOfDay } from '../../shared/night.ts';

export const COLOURS = ['hours', 'light', 'dark', 'night'] as const;
export const LOUDNESS = ['hours', 'quiet', 'loud'] as const;

/** What somebody has chosen for this browser; `hours`: as the site has it at this time of the day. */
export interface Display {
  readonly colours: (typeof COLOURS)[number];
  readonly loudness: (typeof LOUDNESS)[number];
}

const BY_HOURS: Display = { colours: 'hours', loudness: 'hours' };

const KEY = 'gatepost.guard.display';
const VOLUMES = { quiet: 0.25, loud: 1 } as const;

function load(): Display {
  try {
    const { colours, loudness } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Display>;
    return {
      colours: COLOURS.find((one) => one === colours) ?? BY_HOURS.colours,
      loudness: LOUDNESS.find((one) => one === loudness) ?? BY_HOURS.loudness,
    };
  } catch {
    // Storage that is blocked or was written by another program counts as no choice.
    return BY_HOURS;
  }
}

function save(display: Display): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(display));
  } catch {
    // Blocked storage: the choice then lasts until the page is loaded again.
  }
}

/**
 * The colours of the page and the loudness of its tones, 0 to 1, at this time of the site's day.
 * @param nowMs the gate's time, Unix milliseconds
 */
export function useDisplay(site: SiteFacts | undefined, nowMs: number) {
  const [display, setDisplay] = useState(load);
  const choose = (change: Partial<Display>) => {
    const next = { ...display, ...change };
    save(next);
    setDisplay(next);
  };
  const { volume = 100, night } = site?.desk ?? {};
  const isNight = night !== undefined && isWithin(night.hours, minuteOfDay(nowMs, site?.timeZone));
  // Without a choice and outside these hours the browser's own setting decides between light and dark.
  const theme = display.colours !== 'hours' ? display.colours : isNight ? 'night' : undefined;
  useEffect(() => {
    const { dataset } = document.documentElement;
    if (theme === undefined) delete dataset.theme;
    else dataset.theme = theme;
    return () => {
      delete dataset.theme;
    };
  }, [theme]);
  const byHours = (isNight ? night.volume : volume) / 100;
  const loudness = display.loudness === 'hours' ? byHours : VOLUMES[display.loudness];
  return { display, choose, loudness };
}

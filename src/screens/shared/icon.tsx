const PATHS = {
  check: 'M4 13l5 5L20 7',
  cross: 'M6 6l12 12M18 6L6 18',
  in: 'M4 12h12m-5-5 5 5-5 5M20 4v16',
  out: 'M8 12h12m-5-5 5 5-5 5M4 4v16',
  bell: 'M6 17h12l-2-3v-4a4 4 0 0 0-8 0v4zM10 20h4M12 6V4',
  person: 'M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-5 4-7 8-7s7 2 8 7',
  warning: 'M12 3 2 21h20zM12 10v5M12 18v.5',
  muted: 'M4 9v6h4l5 4V5L8 9zM17 9l5 6M22 9l-5 6',
  microphone: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6',
  silent: 'M9 6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0zM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6M4 4l16 16',
  lock: 'M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2 20c1-4.5 3.5-6 7-6s6 1.5 7 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.5.7 3.5 2.5 4 5.5',
  dots: 'M5 12v.5M12 12v.5M19 12v.5',
} as const;

export type IconName = keyof typeof PATHS;

/** A small line drawing beside a word with the same meaning. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="2.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

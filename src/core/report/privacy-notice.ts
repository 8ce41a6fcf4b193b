import { PHONE_CODES_MS } from './pass-account.ts';

/** What people at the gate are told about their data: for what, what is kept, for how long, and who answers. */

/** For how long what is kept: the settings by which the gate ends it. Milliseconds, but for `countDays`. */
export interface KeptTimes {
  readonly accessMs: number;
  readonly screeningMs: number;
  readonly reducedMs: number;
  readonly visitMs: number;
  readonly vehicleMs: number;
  readonly deliveryMs: number;
  readonly orderMs: number;
  readonly operatorMs: number;
  readonly countDays: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is kept, in the order in which people are told, and which setting ends it. */
const KEPT = {
  passages: ({ accessMs }: KeptTimes) => accessMs,
  screening: ({ screeningMs, accessMs }: KeptTimes) => Math.min(screeningMs, accessMs),
  rest: ({ reducedMs }: KeptTimes) => reducedMs,
  codes: () => PHONE_CODES_MS,
  visits: ({ visitMs }: KeptTimes) => visitMs,
  vehicles: ({ vehicleMs }: KeptTimes) => vehicleMs,
  deliveries: ({ deliveryMs }: KeptTimes) => deliveryMs,
  orders: ({ orderMs }: KeptTimes) => orderMs,
  guards: ({ operatorMs }: KeptTimes) => operatorMs,
  counts: ({ countDays }: KeptTimes) => countDays * DAY_MS,
} as const;

export type KeptKind = keyof typeof KEPT;
export const KEPT_KINDS = Object.keys(KEPT) as readonly KeptKind[];

/** What a notice is about; the words are in the locale files. */
export interface PrivacyNotice {
  /** Whole hours. */
  readonly kept: readonly { readonly kind: KeptKind; readonly hours: number }[];
  /** Whether temperatures are measured, and whether their degrees are kept. */
  readonly measures: boolean;
  readonly recordsDegrees: boolean;
  readonly simulated: boolean;
  /** Where copies may be that last longer. */
  readonly copies: readonly ('backup' | 'servers')[];
  /** Whether people can ask at the gate itself what is kept. */
  readonly selfService: boolean;
  /** Who answers for the data. */
  readonly controller: string;
  readonly office?:
    | { readonly telephone: string; readonly hours?: string; readonly address?: string }
    | undefined;
  /** Texts of the site by language: instead of the program's purpose, and at the end, such as the legal ground. */
  readonly purpose?: Readonly<Record<string, string | undefined>> | undefined;
  readonly more?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The notice of a gate that keeps things for these times. */
export function noticeOf(times: KeptTimes, facts: Omit<PrivacyNotice, 'kept'>): PrivacyNotice {
  const kinds = KEPT_KINDS.filter((kind) => kind !== 'screening' || facts.measures);
  return { ...facts, kept: kinds.map((kind) => ({ kind, hours: Math.ceil(KEPT[kind](times) / HOUR_MS) })) };
}

/** The words of a notice in one language. */
export interface NoticeWords {
  readonly purpose: { readonly title: string; readonly text: string; readonly measuring: string };
  readonly degrees: { readonly kept: string; readonly not: string };
  readonly simulated: string;
  readonly kept: { readonly title: string; readonly rule: string; readonly register: string };
  readonly kinds: Readonly<Record<KeptKind, string>>;
  readonly copies: Readonly<Record<'backup' | 'servers', string>>;
  readonly time: Readonly<Record<'hour' | 'hours' | 'day' | 'days', string>>;
  readonly ask: Readonly<
    Record<'title' | 'who' | 'telephone' | 'hours' | 'address' | 'rights' | 'selfService' | 'nearby', string>
  >;
}

interface NoticePart {
  readonly title: string;
  readonly lines: readonly string[];
  /** What is kept, and for how long. */
  readonly rows: readonly (readonly [what: string, howLong: string])[];
}

/** A notice as text, in parts. */
export function noticeText(words: NoticeWords, notice: PrivacyNotice, language: string): NoticePart[] {
  const { purpose, degrees, kept, ask } = words;
  const { measures, office, copies } = notice;
  return [
    {
      title: purpose.title,
      lines: [
        notice.purpose?.[language] ?? purpose.text,
        ...(measures ? [purpose.measuring, notice.recordsDegrees ? degrees.kept : degrees.not] : []),
        ...(notice.simulated ? [words.simulated] : []),
      ],
      rows: [],
    },
    {
      title: kept.title,
      lines: [],
      rows: notice.kept.map(({ kind, hours }) => [words.kinds[kind], timeText(words, hours)]),
    },
    {
      title: kept.title,
      lines: [kept.rule, kept.register, ...copies.map((copy) => words.copies[copy])],
      rows: [],
    },
    {
      title: ask.title,
      lines: [
        filled(ask.who, notice.controller),
        ...(office === undefined
          ? [ask.nearby]
          : [
              ...(office.address === undefined ? [] : [filled(ask.address, office.address)]),
              filled(ask.telephone, office.telephone),
              ...(office.hours === undefined ? [] : [filled(ask.hours, office.hours)]),
            ]),
        ask.rights,
        ...(notice.selfService ? [ask.selfService] : []),
        ...(notice.more?.[language] === undefined ? [] : [notice.more[language]]),
      ],
      rows: [],
    },
  ];
}

function filled(text: string, value: string): string {
  return text.replace('{}', () => value);
}

/** Days, where it is whole days. */
function timeText({ time }: NoticeWords, hours: number): string {
  const isDays = hours % 24 === 0;
  const count = isDays ? hours / 24 : hours;
  const word = isDays ? (count === 1 ? time.day : time.days) : count === 1 ? time.hour : time.hours;
  return filled(word, String(count));
}

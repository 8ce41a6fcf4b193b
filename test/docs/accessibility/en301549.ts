import type { Clause } from './clause.ts';
import { WCAG } from './wcag.ts';

const STORIES = 'test: screens/stories: has picture, words and speech in every state';
const NOTHING_TYPED = "not ours: the resident's screen asks nobody to type anything";
const NO_AUTHORING = 'not ours: no page is for making documents';
const NO_FILM = 'not ours: there is no film';
/** In WCAG 2.1, on which this edition stands, and gone since. */
const PARSING: Clause = [
  '4.1.1',
  'A',
  'The markup can be read without mistakes',
  ['not ours: WCAG 2.2 has withdrawn it, because browsers mend such mistakes'],
];
/** Came with WCAG 2.2, so this edition of the standard does not have them. */
const NEW: ReadonlySet<string> = new Set(['2.4.11', '2.5.7', '2.5.8', '3.2.6', '3.3.7', '3.3.8']);

const WCAG21 = [...WCAG.filter(([number]) => !NEW.has(number)), PARSING];

/** Chapter 5: what holds for everything; 5.1 for the kiosk, on which a resident can install nothing. */
const CHAPTER_5: readonly Clause[] = [
  ['5.1.2.1', '', 'What is closed to aids of one’s own meets 5.1', ['as: 5.1.3.1']],
  ['5.1.2.2', '', 'It can be used without any', [STORIES]],
  [
    '5.1.3.1',
    '',
    'What is seen and needed is also heard',
    [
      STORIES,
      'fails: the account, the privacy notice and the reason of a refusal are only read, not spoken; a blind person is told to ask the guard. The reason is not spoken so that those behind do not hear it',
    ],
  ],
  ['5.1.3.2', '', 'It is heard in speech, without an aid of one’s own', [STORIES]],
  [
    '5.1.3.3',
    '',
    'What is heard belongs to what is seen',
    ['test: core/speech: never speaks of a state that is over, whatever happens'],
  ],
  [
    '5.1.3.4',
    '',
    'Speech can be stopped and said again',
    [
      'test: core/speech: says it again when somebody touches the screen',
      'fails: a sentence cannot be stopped by whoever listens; it ends by itself within twelve seconds',
    ],
  ],
  [
    '5.1.3.5',
    '',
    'Speech stops when somebody goes on',
    ['test: core/speech: cuts a sentence about a state that is over'],
  ],
  ['5.1.3.6', '', 'Pictures that tell something are spoken', [STORIES]],
  ['5.1.3.7', '', 'Films are spoken', [NO_FILM]],
  ['5.1.3.8', '', 'Hidden entry is not spoken', [NOTHING_TYPED]],
  [
    '5.1.3.9',
    '',
    'What is personal is not spoken aloud',
    ['test: core/speech: is one sentence for all that is nobody else’s business'],
  ],
  ['5.1.3.10', '', 'No other sound beside the speech', ['test: core/speech: waits for the end of the tone']],
  ['5.1.3.11', '', 'Loudness in headphones', ['not ours: the kiosk has no socket for headphones']],
  [
    '5.1.3.12',
    '',
    'Loudness of the loudspeaker',
    [
      'test: core/speech: in minute %d of the day: %d',
      'fails: whoever stands there cannot change it; the site sets it, and a pass can ask for the loudness of the day. Hard of hearing people without such a pass',
    ],
  ],
  [
    '5.1.3.13',
    '',
    'Loudness goes back for the next person',
    ['test: core/speech: in minute %d of the day: %d'],
  ],
  ['5.1.3.14', '', 'Speech in the language that is shown', [STORIES]],
  ['5.1.3.15', '', 'Mistakes are heard', [STORIES]],
  ['5.1.3.16', '', 'Receipts and tickets are heard', ['not ours: the kiosk prints nothing']],
  [
    '5.1.4',
    '',
    'Text is large where it cannot be enlarged',
    [
      STORIES,
      'test: screens/stories: keeps the longest words of a site within every display, in large type too',
    ],
  ],
  ['5.1.5', '', 'What is heard and needed is also seen', [STORIES]],
  [
    '5.1.6.1',
    '',
    'Without a keyboard: by touch and without sight',
    [
      STORIES,
      'fails: the call for the guard on the screen cannot be found without sight; a wired button beside the reader can (inputs.callButton). Blind people where the site has no such button',
    ],
  ],
  [
    '5.1.6.2',
    '',
    'Where the focus goes without a keyboard',
    ['not ours: whatever can be pressed is pressed directly'],
  ],
  [
    '5.1.7',
    '',
    'Without one’s own voice',
    ["not ours: nothing is asked for that has to be said; the guard's call is a press"],
  ],
  [
    '5.2',
    '',
    'Aids can be switched on without one that is off',
    ['test: screens/prompt: speaks to whoever stands there as the pass asks'],
  ],
  [
    '5.3',
    '',
    'No body feature is the only way',
    [
      'not ours: nobody is recognised by the body; the forehead is only measured, and the guard can do it by hand',
    ],
  ],
  ['5.4', '', 'What helps survives a conversion', ['not ours: nothing is converted']],
  [
    '5.5.1',
    '',
    'Parts can be worked with one weak hand',
    ['not ours: buttons and mounting are chosen by the site'],
  ],
  [
    '5.5.2',
    '',
    'Parts can be felt before they are worked',
    ['not ours: buttons and mounting are chosen by the site'],
  ],
  ['5.6.1', '', 'Locking keys can be felt or heard', ['not ours: no key locks']],
  ['5.6.2', '', 'Locking keys can be seen', ['not ours: no key locks']],
  ['5.7', '', 'Keys that repeat', ['not ours: the operating system of the kiosk decides']],
  [
    '5.8',
    '',
    'Keys that are hit twice',
    ['test: screens/scanner: leaves everything to a person with nothing but a keyboard'],
  ],
  [
    '5.9',
    '',
    'One thing at a time',
    ['test: screens/scanner: leaves everything to a person with nothing but a keyboard'],
  ],
];

/** Chapter 9: web pages, which all three are. */
const CHAPTER_9: readonly Clause[] = [
  ...WCAG21.map(([number, , asks, shown]): Clause => {
    const of = number === '4.1.1' ? shown : [`as: ${number}`];
    return [`9.${number}`, '', asks, of];
  }),
  [
    '9.6',
    '',
    'A page meets all of it, alone and as a whole',
    ['test: docs/accessibility: names each criterion of WCAG 2.2 and each clause once'],
  ],
];

/** Clauses of chapter 11 that are split into one for open and one for closed software. */
const SPLIT: ReadonlySet<string> = new Set([
  ...['1.1.1', '1.2.1', '1.2.3', '1.3.1', '1.3.2', '1.3.5', '1.4.4', '1.4.5', '2.1.1', '2.1.4', '2.5.3'],
  ...['3.1.1', '3.3.1', '4.1.1', '4.1.2'],
]);
/** Those of web pages whose numbers chapter 11 leaves empty. */
const OF_SETS: ReadonlySet<string> = new Set(['2.4.1', '2.4.2', '2.4.5', '3.1.2', '3.2.3', '3.2.4']);
/** What closed software has to do instead, where that is not the same. */
const CLOSED: Readonly<Record<string, string>> = {
  '1.1.1': '5.1.3.6',
  '1.2.1': '5.1.5',
  '1.2.3': '5.1.3.7',
  '1.3.1': '5.1.3.1',
  '1.3.2': '5.1.3.1',
  '1.3.5': '5.1.3.8',
  '1.4.4': '5.1.4',
  '1.4.5': '5.1.3.1',
  '2.1.1': '5.1.6.1',
  '2.1.4': '5.1.6.1',
  '2.5.3': '5.1.3.1',
  '3.1.1': '5.1.3.14',
  '3.3.1': '5.1.3.15',
  '4.1.1': '9.4.1.1',
  '4.1.2': '5.1.3.1',
};

const BROWSER =
  'not ours: the pages run in a browser, which tells aids of the operating system what the markup says';

/** Chapter 11: software. Ours is the pages, so chapter 9 is what they meet; what is closed at the kiosk meets 5.1. */
const CHAPTER_11: readonly Clause[] = [
  ...WCAG21.filter(([number]) => !OF_SETS.has(number)).flatMap(([number, , asks]): Clause[] => {
    if (!SPLIT.has(number)) return [[`11.${number}`, '', asks, [`as: 9.${number}`]]];
    return [
      [`11.${number}.1`, '', asks, [`as: 9.${number}`]],
      [`11.${number}.2`, '', `${asks}: at the kiosk`, [`as: ${CLOSED[number]}`]],
    ];
  }),
  ['11.5.1', '', 'What is closed meets 5.1', ['as: 5.1.2.1']],
  ['11.5.2.1', '', 'The system has services for aids', [BROWSER]],
  ['11.5.2.2', '', 'The system lets aids work', [BROWSER]],
  ['11.5.2.3', '', 'They are used', ['as: 9.4.1.2']],
  ['11.5.2.4', '', 'Aids use them', ['not ours: no page is such an aid']],
  ...(
    [
      ['5', 'Role, state, limits, name'],
      ['6', 'Rows, columns and their headings'],
      ['7', 'Values and their limits'],
      ['8', 'What labels what'],
      ['9', 'What is inside what'],
      ['10', 'The text'],
      ['11', 'What can be done'],
      ['12', 'It can be done by an aid'],
      ['13', 'Where the focus is'],
      ['14', 'The focus can be moved by an aid'],
      ['15', 'Changes are told'],
      ['16', 'State can be changed by an aid'],
      ['17', 'Values can be changed by an aid'],
    ] as const
  ).map(([number, asks]): Clause => [`11.5.2.${number}`, '', `${asks}: known to aids`, ['as: 9.4.1.2']]),
  ['11.6.1', '', 'The system’s aids can be switched on', [BROWSER]],
  [
    '11.6.2',
    '',
    'They are not disturbed',
    ['test: docs/accessibility: flashes more than once a second, or for whoever wants less motion'],
  ],
  [
    '11.7',
    '',
    'Settings of the person are followed',
    [
      'test: docs/accessibility: flashes more than once a second, or for whoever wants less motion',
      'test: screens/prompt: speaks to whoever stands there as the pass asks',
    ],
  ],
  ...(['1', '2', '3', '4', '5'] as const).map(
    (number): Clause => [`11.8.${number}`, '', 'Tools for making documents', [NO_AUTHORING]],
  ),
];

/** Each clause of chapters 5, 9 and 11 of EN 301 549 V3.2.1, by chapter. */
export const EN_301_549: Readonly<Record<string, readonly Clause[]>> = {
  '5: everything': CHAPTER_5,
  '9: web pages': CHAPTER_9,
  '11: software': CHAPTER_11,
};

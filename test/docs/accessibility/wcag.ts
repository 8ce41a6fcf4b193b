import type { Clause } from './clause.ts';

const STORIES = 'screens/stories: has picture, words and speech in every state';
const KEYBOARD = 'screens/scanner: leaves everything to a person with nothing but a keyboard';
const DESK_KEYBOARD = 'screens/desk: can be used with the keyboard alone';
const WRONG_TEXT = 'screens/phone-page: says of a wrong text what it is';
const ALARM = 'screens/screens: raises an alarm nobody can overlook';
const STANDSTILL = 'screens/attendance: asks for the password where nobody was for 15 minutes';
const GESTURES = 'docs/accessibility: asks for dragging, shaking, several fingers, or a pointer that hovers';
const READABLE = 'screens/accessible-pages: ';

const NO_FILM = 'not ours: no page has a film or a recorded talk; the spoken sentences stand on the screen';

/** Each criterion of WCAG 2.2, A and AA, and what shows it for the three pages. */
export const WCAG: readonly Clause[] = [
  [
    '1.1.1',
    'A',
    'What is not text has words',
    ['axe: image-alt, svg-img-alt, role-img-alt, aria-progressbar-name', `test: ${STORIES}`],
  ],
  ['1.2.1', 'A', 'Sound or film alone has a text', [`test: ${STORIES}`, 'not ours: there is no film']],
  ['1.2.2', 'A', 'Films have captions', [NO_FILM]],
  ['1.2.3', 'A', 'Films are described', [NO_FILM]],
  ['1.2.4', 'AA', 'Live films have captions', [NO_FILM]],
  ['1.2.5', 'AA', 'Films are described in sound', [NO_FILM]],
  [
    '1.3.1',
    'A',
    'Structure is in the markup, not in looks alone',
    ['axe: list, listitem, td-has-header, th-has-data-cells, aria-required-children'],
  ],
  [
    '1.3.2',
    'A',
    'The order of reading makes sense',
    [
      `test: ${KEYBOARD}`,
      'test: docs/accessibility: takes the order of reading from the looks, or the focus',
    ],
  ],
  [
    '1.3.3',
    'A',
    'Nothing is told by shape or place alone',
    ['test: core/prompt-states: has this picture, colour and words'],
  ],
  ['1.3.4', 'AA', 'Upright and lying displays', ['axe: css-orientation-lock', `test: ${STORIES}`]],
  ['1.3.5', 'AA', 'The purpose of a field can be known', ['axe: autocomplete-valid']],
  [
    '1.4.1',
    'A',
    'Nothing is told by colour alone',
    ['axe: link-in-text-block', 'test: core/prompt-states: has this picture, colour and words'],
  ],
  [
    '1.4.2',
    'A',
    'Sound can be stopped',
    [
      'axe: no-autoplay-audio',
      'test: core/speech: repeats what it asks for after a pause, a few times',
      'test: screens/gate: leaves all screens when one guard has seen it',
    ],
  ],
  ['1.4.3', 'AA', 'Letters stand out, 4.5:1 or more', ['axe: color-contrast', `test: ${STORIES}`]],
  [
    '1.4.4',
    'AA',
    'Text can be twice as large',
    ['axe: meta-viewport', `test: ${READABLE}fit a width of 320 pixels, and`],
  ],
  ['1.4.5', 'AA', 'No pictures of text', ['test: docs/accessibility: has a picture of text']],
  [
    '1.4.10',
    'AA',
    'No scrolling in two directions at 320 pixels',
    [
      `test: ${READABLE}fit a width of 320 pixels, and`,
      "not ours: the resident's screen is made for displays of 480 pixels and more and cannot be zoomed",
    ],
  ],
  ['1.4.11', 'AA', 'Controls and pictures stand out, 3:1 or more', [`test: ${STORIES}`]],
  [
    '1.4.12',
    'AA',
    'Text may be set wider',
    ['axe: avoid-inline-spacing', `test: ${READABLE}fit a width of 320 pixels, and`],
  ],
  ['1.4.13', 'AA', 'What appears over something can be sent away', [`test: ${GESTURES}`]],
  [
    '2.1.1',
    'A',
    'Everything by keyboard',
    ['axe: scrollable-region-focusable', `test: ${KEYBOARD}`, `test: ${DESK_KEYBOARD}`],
  ],
  ['2.1.2', 'A', 'The keyboard is never caught', [`test: ${DESK_KEYBOARD}`]],
  ['2.1.4', 'A', 'No letter is an order', ['test: screens/scanner: presses nothing on the desk either']],
  ['2.2.1', 'A', 'Time limits can be changed', ['test: app/scenes/residents: ', `test: ${STANDSTILL}`]],
  [
    '2.2.2',
    'A',
    'What moves by itself can be stopped',
    ['axe: blink, marquee', 'test: screens/prompt: counts down while the resident waits'],
  ],
  [
    '2.3.1',
    'A',
    'Nothing flashes more than three times a second',
    ['test: docs/accessibility: flashes more than once a second, or for whoever wants less motion'],
  ],
  ['2.4.1', 'A', 'What is the same on every page can be passed over', ['axe: bypass']],
  ['2.4.2', 'A', 'Pages have titles', ['axe: document-title']],
  [
    '2.4.3',
    'A',
    'The focus goes in an order that makes sense',
    [
      `test: ${DESK_KEYBOARD}`,
      'test: docs/accessibility: takes the order of reading from the looks, or the focus',
    ],
  ],
  ['2.4.4', 'A', 'Links say where they lead', ['axe: link-name']],
  [
    '2.4.5',
    'AA',
    'More than one way to a page',
    ['not ours: each page is a step of one thing to do, and the start page leads to all'],
  ],
  ['2.4.6', 'AA', 'Headings and labels say what follows', [`test: ${KEYBOARD}`]],
  ['2.4.7', 'AA', 'The focus can be seen', [`test: ${READABLE}show the focus, in the open`]],
  ['2.4.11', 'AA', 'The focus is not covered', [`test: ${READABLE}show the focus, in the open`]],
  ['2.5.1', 'A', 'One finger is enough', [`test: ${GESTURES}`]],
  [
    '2.5.2',
    'A',
    'A touch can be taken back before it is lifted',
    ['test: docs/accessibility: answers before the finger is lifted'],
  ],
  ['2.5.3', 'A', 'What is seen on a button is part of its name', ['axe: label-content-name-mismatch']],
  ['2.5.4', 'A', 'Nothing is done by shaking', [`test: ${GESTURES}`]],
  ['2.5.7', 'AA', 'Nothing has to be dragged', [`test: ${GESTURES}`]],
  [
    '2.5.8',
    'AA',
    'What is touched is 24 pixels or more; 44 at the kiosk',
    ['axe: target-size', `test: ${STORIES}`],
  ],
  [
    '3.1.1',
    'A',
    'The page names its language',
    [
      'axe: html-has-lang, html-lang-valid',
      'test: screens/prompt: speaks the language somebody touched, and the next page still does',
    ],
  ],
  ['3.1.2', 'AA', 'Parts name theirs', ['axe: valid-lang', `test: ${STORIES}`]],
  ['3.2.1', 'A', 'The focus alone changes nothing', [`test: ${KEYBOARD}`]],
  [
    '3.2.2',
    'A',
    'Typing alone sends nothing',
    ['test: screens/scanner: signs nobody in and sets nothing up'],
  ],
  [
    '3.2.3',
    'AA',
    'Ways through the pages stay the same',
    ['not ours: each page stands alone and has no navigation but the two tabs of the guard'],
  ],
  ['3.2.4', 'AA', 'The same thing has the same name', ['test: core/locales: ']],
  ['3.2.6', 'A', 'Help is at the same place', [`test: ${STORIES}`]],
  [
    '3.3.1',
    'A',
    'Mistakes are named',
    [`test: ${WRONG_TEXT}`, 'test: screens/desk: takes a typed card number, and no other text for one'],
  ],
  ['3.3.2', 'A', 'Fields have labels', ['axe: form-field-multiple-labels', `test: ${KEYBOARD}`]],
  ['3.3.3', 'AA', 'How to put a mistake right is said', [`test: ${WRONG_TEXT}`]],
  [
    '3.3.4',
    'AA',
    'What cannot be taken back is asked for twice',
    [
      'test: screens/self-service: asks twice before a request',
      'test: screens/screens: locks a door down only after a confirmation that says what it means',
    ],
  ],
  [
    '3.3.7',
    'A',
    'Nothing is asked for twice',
    ['test: screens/desk: registers a visitor with the card that was just shown'],
  ],
  [
    '3.3.8',
    'AA',
    'Signing in needs no puzzle',
    ['test: screens/accessible-pages: lets a password be pasted and filled in by a program'],
  ],
  [
    '4.1.2',
    'A',
    'Controls have name, role and value',
    ['axe: button-name, label, aria-roles, aria-required-attr, aria-valid-attr-value'],
  ],
  [
    '4.1.3',
    'AA',
    'What changes by itself is read aloud',
    [`test: ${READABLE}say aloud what changes by itself`, `test: ${ALARM}`],
  ],
];

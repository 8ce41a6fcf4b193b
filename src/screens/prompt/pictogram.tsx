import type { VNode } from 'preact';
import type { PictogramName, Tone } from './appearance.ts';

/** The shape behind a picture, one per tone: circle, rounded square, octagon, diamond … (view box 0 0 240 240). */
const SHAPES: Record<Tone, VNode> = {
  calm: <circle cx="120" cy="120" r="112" />,
  act: <circle cx="120" cy="120" r="112" />,
  go: <rect x="10" y="10" width="220" height="220" rx="48" />,
  stop: <path d="M74 8h92l66 66v92l-66 66H74L8 166V74z" />,
  guard: <path d="M120 2 238 120 120 238 2 120z" />,
  wait: <circle cx="120" cy="120" r="112" />,
  off: <path d="M62 18h116l58 102-58 102H62L4 120z" />,
};

const line = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 10,
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
} as const;

/** 52 wide and high: three finders and some modules. */
const QR =
  'M0 0h22v22H0zm7 7v8h8V7zM30 0h22v22H30zm7 7v8h8V7zM0 30h22v22H0zm7 7v8h8v-8zM30 30h9v9h-9zM43 30h9v9h-9zM30 43h9v9h-9zM43 43h9v9h-9z';

/** A phone and a card, each with a code, held over the reader's window. */
const code = (
  <g>
    <rect {...line} x="44" y="32" width="68" height="112" rx="12" />
    <path fill="currentColor" d={QR} transform="translate(57 58) scale(.81)" />
    <path {...line} stroke-width="6" d="M70 126h16" />
    <rect {...line} x="128" y="62" width="72" height="82" rx="6" />
    <path fill="currentColor" d={QR} transform="translate(143 74) scale(.81)" />
    <path {...line} stroke-width="6" d="M144 130h40" />
    <path {...line} d="M120 156v20m-13-11 13 13 13-13" />
    <path {...line} d="M64 190h112l10 24H54z" />
    <path {...line} stroke-width="6" d="M92 202h56" />
  </g>
);

/** 124 wide and 140 high, with a hole where it burns hottest. */
const FLAME =
  'M62 0c8 28 46 44 46 86 0 32-20 54-46 54s-46-22-46-54c0-22 12-36 20-50 2 14 6 22 14 26 2-22 2-42 12-62zM62 124c14 0 24-10 24-24 0-16-14-22-20-38-8 14-28 22-28 38 0 14 10 24 24 24z';

const hand = (
  <path
    fill="currentColor"
    d="M88 206c-18-16-34-40-46-62-6-12 8-22 18-13l20 20V66c0-16 22-16 22 0v48h5V46c0-16 23-16 23 0v68h5V56c0-16 22-16 22 0v62h5V80c0-16 22-16 22 0v74c0 24-12 40-24 52z"
  />
);

/** A head that looks to the right, its forehead at 134/78. */
const head = (
  <g>
    <path
      {...line}
      d="M52 196v-26c-18-14-26-34-24-58 3-36 28-60 62-58 26 2 42 18 44 42l10 24-12 6 2 24c0 8-6 12-14 11l-18-2v37"
    />
    <circle cx="108" cy="106" r="6" fill="currentColor" />
  </g>
);
const sensor = (
  <g>
    <rect {...line} x="186" y="56" width="32" height="64" rx="8" />
    <circle cx="187" cy="78" r="8" fill="currentColor" />
  </g>
);

/** A head whose forehead is where it is measured. */
export const FOREHEAD_AT_SENSOR = (
  <g>
    <g transform="translate(22 0)">{head}</g>
    {sensor}
  </g>
);

const PICTOGRAMS: Record<PictogramName, VNode> = {
  code,
  phone: (
    <g>
      <rect {...line} x="76" y="34" width="88" height="150" rx="14" />
      <path fill="currentColor" d={QR} transform="translate(92 66) scale(1.08)" />
      <path {...line} stroke-width="6" d="M108 164h24" />
      <path {...line} d="M66 206h108" />
      <path {...line} stroke-width="6" d="M94 218h52" />
    </g>
  ),
  again: (
    <g>
      <g transform="translate(48 60) scale(.6)">{code}</g>
      <path {...line} d="M42 120a80 80 0 0 1 150-34M198 120a80 80 0 0 1-18 52" />
      <path {...line} d="M198 50v38h-38" />
    </g>
  ),
  forehead: (
    <g>
      {head}
      {sensor}
      <path {...line} d="M140 78h32m-24-12-12 12 12 12m16-24 12 12-12 12" />
      <text x="182" y="190" text-anchor="middle" font-size="23" font-weight="700" fill="currentColor">
        5–10 cm
      </text>
    </g>
  ),
  closer: (
    <g>
      <g transform="translate(-14 0)">{head}</g>
      {sensor}
      <path {...line} stroke-width="16" d="M40 216h136m-28-24 28 24-28 24" transform="translate(0 -18)" />
    </g>
  ),
  further: (
    <g>
      <g transform="translate(30 0)">{head}</g>
      {sensor}
      <path {...line} stroke-width="16" d="M200 216H64m28-24-28 24 28 24" transform="translate(0 -18)" />
    </g>
  ),
  still: (
    <g>
      {FOREHEAD_AT_SENSOR}
      <path {...line} stroke-width="8" d="M34 84v68M16 98v40" />
      <circle cx="188" cy="184" r="36" fill="currentColor" />
      <path stroke="var(--shape)" stroke-width="12" stroke-linecap="round" d="M177 168v32M199 168v32" />
    </g>
  ),
  uncover: (
    <g>
      <g transform="translate(10 22)">{head}</g>
      <path
        fill="currentColor"
        transform="translate(10 0)"
        d="M42 62c2-34 26-52 56-50 28 2 44 18 46 44l30 6c6 2 6 10 0 11z"
      />
      <path {...line} d="M26 104V46m-16 16 16-16 16 16" />
      <g transform="translate(6 44)">{sensor}</g>
    </g>
  ),
  queue: (
    <g>
      <circle cx="164" cy="62" r="20" fill="currentColor" />
      <path fill="currentColor" d="M140 92h48v56h-8v56h-32v-56h-8z" />
      <path {...line} stroke-width="8" d="M118 48v152" stroke-dasharray="6 18" />
      <circle {...line} stroke-width="7" cx="72" cy="64" r="17" />
      <path {...line} stroke-width="7" d="M50 96h44v50h-8v54H58v-54h-8z" />
    </g>
  ),
  walk: (
    <g>
      <path {...line} d="M46 200V56M46 64l42-20v144l-42 12M194 200V56M194 64l14-8v148l-14-4" />
      <circle cx="140" cy="62" r="16" fill="currentColor" />
      <path
        {...line}
        stroke-width="14"
        d="M138 92l-8 50 24 26 4 38M130 142l-8 30-22 32M136 98l-24 22-2 24M138 98l18 26 22 8"
      />
    </g>
  ),
  hand,
  guard: (
    <g>
      <g transform="translate(-8 0)">
        <path {...line} d="M58 82c0-26 20-40 46-40s46 14 46 40l-8 12H66z" />
        <path fill="currentColor" d="M104 56l5 9 10 2-7 7 2 10-10-5-10 5 2-10-7-7 10-2z" />
        <path
          {...line}
          d="M70 98v16c0 22 14 36 34 36s34-14 34-36V98M44 204c2-32 26-50 60-50c18 0 32 4 42 12"
        />
      </g>
      <g transform="translate(6 0)">
        <path
          {...line}
          stroke-width="8"
          d="M160 196h44M166 196c0-26 4-36 16-36s16 10 16 36M182 160v-8M176 204c2 6 10 6 12 0"
        />
        <path {...line} stroke-width="7" d="M154 166c-4 4-6 10-6 16M210 166c4 4 6 10 6 16" />
      </g>
    </g>
  ),
  talk: (
    <g>
      <g transform="translate(4 44) scale(.78)">{head}</g>
      <path {...line} d="M128 132c10 4 14 10 14 18M140 118c16 6 24 18 24 34" stroke-width="8" />
      <rect {...line} x="164" y="52" width="32" height="64" rx="16" />
      <path {...line} stroke-width="8" d="M148 98c0 42 64 42 64 0M180 130v30M160 160h40" />
    </g>
  ),
  clock: (
    <g>
      <circle {...line} cx="120" cy="120" r="76" />
      <path {...line} d="M120 72v50l32 22M120 44v8M120 188v8M44 120h8M188 120h8" />
    </g>
  ),
  hourglass: (
    <g>
      <path
        {...line}
        d="M72 44h96M72 196h96M82 44c0 50 38 54 38 76s-38 26-38 76M158 44c0 50-38 54-38 76s38 26 38 76"
      />
      <path
        fill="currentColor"
        d="M94 188c2-22 14-30 26-40 12 10 24 18 26 40zM102 82h36c-5 10-12 15-18 22-6-7-13-12-18-22z"
      />
    </g>
  ),
  door: (
    <g>
      <path {...line} d="M64 204V40h112v164M44 204h152" />
      <path {...line} d="M64 40l56 22v150l-56-8" />
      <circle cx="106" cy="134" r="7" fill="currentColor" />
      <path {...line} d="M160 122h-28m10-12-12 12 12 12" />
    </g>
  ),
  closed: (
    <g>
      <path {...line} d="M58 206V92h-18M40 206h36" />
      <path {...line} stroke-width="26" d="M58 104h140" />
      <path
        stroke="var(--shape)"
        stroke-width="10"
        d="M92 92l-14 24M126 92l-14 24M160 92l-14 24M192 92l-14 24"
      />
      <circle cx="120" cy="56" r="0" fill="currentColor" />
    </g>
  ),
  broken: (
    <g>
      <rect {...line} x="56" y="56" width="128" height="92" rx="10" />
      <path {...line} d="M132 58l-20 30 22 12-20 46M120 148v34M84 190h72" />
      <path {...line} d="M76 84l16 16m0-16-16 16M152 104l16 16m0-16-16 16" stroke-width="7" />
    </g>
  ),
  escape: (
    <g>
      <path {...line} d="M160 206V48h46v158M148 206h70" />
      <circle cx="122" cy="74" r="15" fill="currentColor" />
      <path
        {...line}
        stroke-width="14"
        d="M114 104l-14 42 26 20-6 36M100 146l-14 26-32 6M112 104l-28 8-12 24M116 106l18 20 24 2"
      />
      <path fill="currentColor" d={FLAME} transform="translate(18 26) scale(.5)" />
    </g>
  ),
  noEntry: (
    <g>
      <path fill="currentColor" d={FLAME} transform="translate(20 40) scale(.62)" />
      <g transform="translate(62 30) scale(.82)">{hand}</g>
    </g>
  ),
  unplugged: (
    <g>
      <path {...line} d="M24 120h42M66 92v56h14a28 28 0 0 0 0-56zM108 106h16M108 134h16" />
      <path {...line} d="M216 120h-42M174 92v56h-14a28 28 0 0 1 0-56z" />
      <path {...line} stroke-width="7" d="M128 66l-6-20M142 70l8-18M114 174l6 20" />
    </g>
  ),
  paper: (
    <g>
      <path {...line} d="M68 36h70l40 40v128H68z" />
      <path {...line} d="M138 36v40h40" />
      <path {...line} stroke-width="8" d="M92 108h62M92 136h62M92 164h40" />
    </g>
  ),
};

/** One large picture for one state. Hidden from screen readers, because the words say the same. */
export function Pictogram({ name, tone }: { name: PictogramName; tone: Tone }) {
  return (
    <svg class="pictogram" viewBox="0 0 240 240" aria-hidden="true" data-picture={name}>
      <g class="shape">{SHAPES[tone]}</g>
      {PICTOGRAMS[name]}
    </svg>
  );
}

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createSigner, dynamicCode, type Signer, signPass } from '../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../src/core/pass/pass.ts';
import { isInWindows, siteTime } from '../../src/core/time/site-time.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DemoSample } from '../../src/ports/demo-panel.ts';

const DAY_S = 86_400;
/** Hours of the sweeper's pass: every day from 03:45 to 05:00, site time. */
const SWEEPER_HOURS = [{ dayMask: 127, startMinute: 3 * 60 + 45, endMinute: 5 * 60 }];
/** Length of one step of a phone code (config/contract/README.md#phone-codes). */
const STEP_S = 15;

/**
 * Passes for people who try Gatepost, valid from now. The phone's key is only in memory, because the demo has no phone
 * to store it.
 */
export class SamplePasses {
  readonly #site: string;
  readonly #timeZone: string;
  readonly #clock: Clock;
  readonly #office: Signer;
  readonly #stranger: Signer = createSigner(generateKeyPairSync('ed25519').privateKey);
  readonly #phone: Signer = createSigner(generateKeyPairSync('ed25519').privateKey);
  #day = -1;
  #fixed: readonly DemoSample[] = [];
  #phonePass = '';
  #screenshot = '';

  constructor(deps: { site: string; timeZone: string; clock: Clock; issuerKey: KeyObject }) {
    this.#site = deps.site;
    this.#timeZone = deps.timeZone;
    this.#clock = deps.clock;
    this.#office = createSigner(deps.issuerKey);
  }

  /** Raw public key of the office that signs the good ones. */
  get issuerPublicKey(): Uint8Array {
    return this.#office.publicKey;
  }

  list(): readonly DemoSample[] {
    const nowS = Math.floor(this.#clock.read().wallMs / 1000);
    if (Math.floor(nowS / DAY_S) !== this.#day) this.#issue(nowS);
    const step = Math.floor(nowS / STEP_S);
    const sweeping = isInWindows(SWEEPER_HOURS, siteTime(nowS * 1000, this.#timeZone));
    return [
      ...this.#fixed.map((sample) =>
        sample.id === 'sweeper' && sweeping ? { ...sample, expected: 'Granted' } : sample,
      ),
      { id: 'phone', text: dynamicCode(this.#phonePass, this.#phone, step), expected: 'Granted' },
      { id: 'screenshot', text: this.#screenshot, expected: 'gp:DynamicCodeStale' },
    ];
  }

  #issue(nowS: number): void {
    this.#day = Math.floor(nowS / DAY_S);
    const base = (id: string, change: Partial<PassClaims> = {}): PassClaims => ({
      site: this.#site,
      issuedAt: nowS - DAY_S,
      expiresAt: nowS + 30 * DAY_S,
      passId: Buffer.from(id.padEnd(8, '.')).subarray(0, 8).toString('hex'),
      kind: 'resident',
      holderRef: holderRef(id),
      ...change,
    });
    const good = (id: string, change: Partial<PassClaims> = {}) => signPass(base(id, change), this.#office);
    this.#phonePass = good('phone', {
      holderKey: { algorithm: 'Ed25519', publicKey: this.#phone.publicKey },
    });
    this.#screenshot = dynamicCode(this.#phonePass, this.#phone, Math.floor(nowS / STEP_S) - 8);
    this.#fixed = [
      { id: 'resident', text: good('resident'), expected: 'Granted' },
      {
        id: 'neighbour',
        // Another person of the same household; a quota counts both.
        text: good('neighbor', { holderRef: holderRef('resident'), label: 'Zhao Lan' }),
        expected: 'Granted',
      },
      { id: 'visitor', text: good('visitor', { kind: 'visitor', label: 'V-17' }), expected: 'Granted' },
      { id: 'delivery', text: good('delivery', { kind: 'delivery', label: 'Courier' }), expected: 'Granted' },
      {
        id: 'emergency',
        text: good('medicone', { kind: 'emergency', label: 'Ambulance 120' }),
        expected: 'Granted',
      },
      {
        id: 'sweeper',
        text: good('sweeper', { kind: 'worker', label: 'Sweeper 4 a.m.', windows: SWEEPER_HOURS }),
        expected: 'NotPermittedAtThisTime',
      },
      { id: 'expired', text: good('expired', { expiresAt: nowS - 3_600 }), expected: 'CredentialExpired' },
      { id: 'forged', text: forged(good('forged')), expected: 'gp:SignatureInvalid' },
      {
        id: 'unknown-issuer',
        text: signPass(base('stranger'), this.#stranger),
        expected: 'gp:UnknownIssuer',
      },
      { id: 'other-site', text: good('otherone', { site: 'other-court' }), expected: 'gp:WrongSite' },
      { id: 'garbage', text: 'https://example.org/menu', expected: 'gp:MalformedPass' },
    ];
  }
}

/** The pseudonym of a sample's holder. */
function holderRef(id: string): string {
  return Buffer.from(id.padEnd(6, '.')).subarray(0, 6).toString('hex');
}

/** The holders of the samples, for the kiosk's own register, because residents' passes do not contain names. */
export const SAMPLE_HOLDERS = [
  { holderRef: holderRef('resident'), label: 'Wang Xiuying', unit: '3-502' },
  { holderRef: holderRef('phone'), label: 'Li Guoqiang', unit: '5-1203' },
  { holderRef: holderRef('sweeper'), label: 'Chen Damin', unit: 'Street cleaning' },
  { holderRef: holderRef('expired'), label: 'Sun Yue', unit: '2-101' },
];

/** A good pass with one changed character in the signature. */
function forged(text: string): string {
  const at = text.length - 10;
  return text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);
}

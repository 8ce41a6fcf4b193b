/**
 * Protection against a scanner in keyboard mode. It types any printed text into the page with the focus, with Enter,
 * Tab, spaces, arrows or Escape, a key every few milliseconds. So a key that acts (presses a button, sends a form,
 * chooses, closes) acts only if no other key comes shortly before or after it. Text typed faster than a person types is
 * removed again. All times in milliseconds.
 */

/** A key this soon after another one does not act. */
export const PACE_MS = 100;
/** How long a key waits for a following key before it acts. */
export const SETTLE_MS = 150;
/** This many keys within this time come from a scanner. */
const BURST_KEYS = 6;
const BURST_MS = 250;
/** After a shorter pause than this a scanner still types the same code. */
const AFTER_BURST_MS = 500;

/** Modifier keys: they do not act by themselves, and a person holds them while pressing another key. */
const BESIDE: ReadonlySet<string> = new Set([
  ...['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'OS', 'Fn'],
  ...['CapsLock', 'NumLock', 'ScrollLock', 'FnLock'],
]);
const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
/** Types of inputs that take no text. */
const NO_TEXT: ReadonlySet<string> = new Set([
  ...['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'],
]);

/** The state before the first of several quick keys, to undo what they did. */
interface Origin {
  readonly element: Element | null;
  readonly text: string | undefined;
}

/** The event on `window` that reports keys that came too fast and were ignored. */
export const REFUSED = 'gatepost:keys-refused';

/** Installs the protection for the life of the page. */
export function paceKeys(): void {
  const keys = new PacedKeys(() => dispatchEvent(new Event(REFUSED)));
  addEventListener('keydown', (event) => keys.down(event), { capture: true });
  addEventListener('keyup', (event) => keys.up(event), { capture: true });
}

class PacedKeys {
  readonly #onRefused: () => void;
  /** Times of the latest keys without a pause between them. */
  #quick: number[] = [];
  #lastMs = Number.NEGATIVE_INFINITY;
  /** Time of the latest key that types a character. */
  #typedMs = Number.NEGATIVE_INFINITY;
  #scanUntilMs = Number.NEGATIVE_INFINITY;
  #origin: Origin = { element: null, text: undefined };
  #waiting: { readonly act: () => void; readonly timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(onRefused: () => void) {
    this.#onRefused = onRefused;
  }

  down(event: KeyboardEvent): void {
    if (!event.isTrusted || BESIDE.has(event.key)) return;
    if (event.isComposing) {
      this.#compose(event.timeStamp);
      return;
    }
    const act = actOf(event);
    if (event.repeat) {
      if (act !== undefined) event.preventDefault();
      return;
    }
    const paced = event.timeStamp - this.#lastMs >= PACE_MS;
    const typing = event.timeStamp - this.#typedMs < PACE_MS;
    this.#lastMs = event.timeStamp;
    if (event.key.length === 1) this.#typedMs = event.timeStamp;
    this.#settle(paced);
    if (this.#isScan(event.timeStamp, paced)) {
      if (act !== undefined || !isEntry(event.target)) event.preventDefault();
      return;
    }
    if (act === undefined) return;
    event.preventDefault();
    if (paced || (!typing && sendsNothing(event))) this.#wait(act);
    else this.#refuse();
  }

  /** A key that an input method takes does not act; a key right after it does not act either. */
  #compose(nowMs: number): void {
    const paced = nowMs - this.#lastMs >= PACE_MS;
    this.#lastMs = nowMs;
    this.#typedMs = nowMs;
    this.#settle(paced);
    if (paced) this.#quick = [];
    if (this.#isBurst(nowMs)) this.#scanUntilMs = nowMs + AFTER_BURST_MS;
  }

  /** Handles the release of a key, because the space bar presses a button on release. */
  up(event: KeyboardEvent): void {
    if (event.isTrusted && event.key === ' ' && actOf(event) !== undefined) event.preventDefault();
  }

  #isScan(nowMs: number, paced: boolean): boolean {
    const before = nowMs < this.#scanUntilMs;
    if (paced && !before) {
      this.#quick = [];
      this.#origin = originNow();
    }
    const burst = this.#isBurst(nowMs);
    const now = before || burst;
    if (now) this.#scanUntilMs = nowMs + AFTER_BURST_MS;
    if (now && !before) this.#refuse();
    return now;
  }

  /** Adds a key and returns whether the latest keys are too many for a person. */
  #isBurst(nowMs: number): boolean {
    this.#quick = [...this.#quick, nowMs].slice(-BURST_KEYS);
    const [first = nowMs] = this.#quick;
    return this.#quick.length === BURST_KEYS && nowMs - first < BURST_MS;
  }

  /** Ends the wait of the key before: it acts if it was alone. */
  #settle(alone: boolean): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting = undefined;
    if (alone) waiting.act();
    else this.#refuse();
  }

  #wait(act: () => void): void {
    const { activeElement } = document;
    const still = () => {
      if (document.activeElement === activeElement) act();
    };
    this.#waiting = { act: still, timer: setTimeout(() => this.#settle(true), SETTLE_MS) };
  }

  #refuse(): void {
    takeBack(this.#origin);
    this.#onRefused();
  }
}

function isTextField(target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement {
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && !NO_TEXT.has(target.type);
}

/**
 * Whether the target is a field of a form, e.g. of the sign-in: a password manager may type there, and its text is
 * visible.
 */
function isEntry(target: EventTarget | null): boolean {
  return isTextField(target) && target.form !== null;
}

function originNow(): Origin {
  const element = document.activeElement;
  return { element, text: isTextField(element) && !isEntry(element) ? element.value : undefined };
}

function takeBack({ element, text }: Origin): void {
  if (!(element instanceof HTMLElement) || !element.isConnected || isEntry(element)) return;
  element.focus();
  if (text === undefined || !isTextField(element) || element.value === text) return;
  element.value = text;
  element.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Whether the key sends nothing: Tab and arrows may be followed quickly by opening or closing a dialog. */
function sendsNothing({ key, target }: KeyboardEvent): boolean {
  return key === 'Escape' || (target instanceof Element && target.ariaHasPopup === 'dialog');
}

/** What a key would do besides typing and moving the focus; undefined if nothing. */
function actOf({ key, ctrlKey, target }: KeyboardEvent): (() => void) | undefined {
  if (!(target instanceof HTMLElement)) return undefined;
  // Ctrl+M and Ctrl+J are the line ends that some scanners type.
  if (key === 'Enter' || (ctrlKey && /^[mj]$/i.test(key))) return enter(target);
  if (key === ' ') return isPressed(target) && !target.matches('a') ? () => target.click() : undefined;
  if (key === 'Escape') {
    const dialog = [...document.querySelectorAll('dialog')].findLast(({ open }) => open);
    return dialog && (() => dialog.close());
  }
  const step = STEPS[key];
  if (step === undefined) return undefined;
  if (target instanceof HTMLInputElement && target.type === 'radio') return () => choose(target, step);
  if (target.role === 'tab')
    return () => void target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  return undefined;
}

function enter(target: HTMLElement): (() => void) | undefined {
  if (target instanceof HTMLTextAreaElement) return undefined;
  // Inputs that are buttons are pressed; every other input sends its form.
  if (target instanceof HTMLInputElement && !/^(button|file|image|reset|submit)$/.test(target.type)) {
    const { form } = target;
    return form === null ? undefined : () => form.requestSubmit();
  }
  return isPressed(target) ? () => target.click() : undefined;
}

function isPressed(target: HTMLElement): boolean {
  if (isTextField(target)) return false;
  return target.matches('button, input, summary, a[href]');
}

/** Chooses the next radio button of the group, as the browser would. */
function choose(radio: HTMLInputElement, step: number): void {
  const group = [
    ...document.querySelectorAll<HTMLInputElement>(`input[type=radio][name="${CSS.escape(radio.name)}"]`),
  ].filter(({ disabled, form }) => !disabled && form === radio.form);
  const next = group[(group.indexOf(radio) + step + group.length) % group.length];
  next?.focus();
  next?.click();
}

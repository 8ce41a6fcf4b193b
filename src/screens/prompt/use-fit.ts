import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { largestFitting } from './largest-fitting.ts';

const SMALLEST_PX = 8;
const SMALLER: readonly string[] = ['tight'];
/** Of so many texts it is known how large they fit, at most: more than a gate shows in a day. */
const MOST_KNOWN = 200;

interface Fit {
  readonly px: number;
  readonly classes: readonly string[];
}

/** The fonts are those of the computer, so the same text in the same box has the same size. */
const known = new Map<string, Fit>();

function sizeOf({ clientWidth, clientHeight }: HTMLElement): string {
  return `${clientWidth} ${clientHeight}`;
}

/**
 * Gives an element the largest font size at which its content fits, up to `share` of its own height: short sentences
 * become large, long ones still fit on a 7 inch screen. Repeated for every `content` and size. `givesWay`:
 * classes that make room, in turn.
 */
export function useFit<T extends HTMLElement>(
  content: string,
  share: number,
  givesWay = SMALLER,
): RefObject<T> {
  const ref = useRef<T>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const resize = () => {
      element.classList.remove(...givesWay);
      const around = element.parentElement ?? element;
      const place = `${sizeOf(around)} ${sizeOf(element)} ${share} ${givesWay.length} ${content}`;
      const fit = known.get(place) ?? fitInto(element, share, givesWay);
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(place, fit);
      element.classList.add(...fit.classes);
      element.style.setProperty('font-size', `${fit.px}px`);
      fitted = sizeOf(element);
    };
    let fitted = '';
    resize();
    // It is told of the size there is, too, once it begins.
    const observer = new ResizeObserver(() => {
      if (sizeOf(element) !== fitted) resize();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [content, share, givesWay]);
  return ref;
}

/** Tries sizes, and with one class more where not even the smallest fits. Every try lays the words out, so there are few. */
function fitInto(element: HTMLElement, share: number, givesWay: readonly string[]): Fit {
  const tryOut = (px: number) => {
    element.style.setProperty('font-size', `${px}px`);
    const isFitting =
      element.scrollHeight <= element.clientHeight && element.scrollWidth <= element.clientWidth;
    return { isFitting, filled: filledOf(element) };
  };
  for (let given = 0; ; given++) {
    const classes = givesWay.slice(0, given);
    element.classList.add(...classes);
    const most = Math.max(SMALLEST_PX, Math.floor(element.clientHeight * share));
    const px = largestFitting(SMALLEST_PX, most, tryOut);
    if (px !== undefined || given === givesWay.length) return { px: px ?? SMALLEST_PX, classes };
  }
}

/** The height of what is in it, in heights of the element. */
function filledOf(element: HTMLElement): number {
  const content = document.createRange();
  content.selectNodeContents(element);
  return content.getBoundingClientRect().height / element.clientHeight;
}

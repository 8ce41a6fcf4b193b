import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const SMALLEST_PX = 8;

/**
 * Gives an element the largest font size at which its content still fits, up to `share` of its own height:
 * short sentences become huge, long ones never run off a 7 inch screen. Anew for every `content` and size.
 */
export function useFit<T extends HTMLElement>(content: string, share: number): RefObject<T> {
  const ref = useRef<T>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const resize = () => {
      let low = SMALLEST_PX;
      let high = Math.max(low, Math.floor(element.clientHeight * share));
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        element.style.setProperty('font-size', `${middle}px`);
        if (element.scrollHeight <= element.clientHeight && element.scrollWidth <= element.clientWidth)
          low = middle;
        else high = middle - 1;
      }
      element.style.setProperty('font-size', `${low}px`);
    };
    resize();
    const observer = new ResizeObserver(resize);
    observer.observe(element);
    return () => observer.disconnect();
  }, [content, share]);
  return ref;
}

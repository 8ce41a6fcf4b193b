import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Keeps the focus near its place for keyboard users. When the focused element leaves the page, as a button does after
 * its order, the focus goes to the nearest element around it that is still there, but never to a button.
 */
export function useKeptFocus(): void {
  const around = useRef<readonly Element[]>([]);
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      if (target instanceof Element) around.current = [target, ...ancestors(target)];
    };
    addEventListener('focusin', remember);
    return () => removeEventListener('focusin', remember);
  }, []);
  useLayoutEffect(() => {
    const [last] = around.current;
    if (last === undefined || last.isConnected || document.activeElement !== document.body) return;
    const near = around.current.find((element) => element.isConnected);
    if (!(near instanceof HTMLElement) || near === document.body) return;
    near.tabIndex = -1;
    near.focus({ preventScroll: true });
  });
}

function ancestors(element: Element): readonly Element[] {
  const { parentElement } = element;
  return parentElement === null || parentElement === document.body
    ? []
    : [parentElement, ...ancestors(parentElement)];
}

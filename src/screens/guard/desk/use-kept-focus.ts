import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Whoever works by keyboard stays near where they were: when what had the focus leaves the page, as a button does once
 * its order is done, the focus goes to the nearest part of the page around it that is still there. Never to a button.
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

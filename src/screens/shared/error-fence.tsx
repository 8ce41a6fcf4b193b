import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';

const RESTART_MS = 5_000;

/** Shows `instead` when a component inside fails, and reloads the page, so that a screen does not stay blank or old. */
export function ErrorFence({
  instead,
  children,
}: {
  instead: ComponentChildren;
  children: ComponentChildren;
}) {
  const [error] = useErrorBoundary();
  const failed = error !== undefined;
  useEffect(() => {
    if (!failed) return undefined;
    const timer = setTimeout(() => location.reload(), RESTART_MS);
    return () => clearTimeout(timer);
  }, [failed]);
  return <>{failed ? instead : children}</>;
}

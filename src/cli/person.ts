import { userInfo } from 'node:os';

/** Who gives a command: with sudo the person behind it, not root. */
export function person(): string {
  try {
    return (process.env.SUDO_USER ?? userInfo().username).slice(0, 64);
  } catch {
    // A user without a name, as in containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

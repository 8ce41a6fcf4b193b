import type { PassClaims } from '../../core/pass/pass.ts';
import type { Locale } from '../shared/locale.ts';

/** What a pass is called on this phone: by its own name, else by what the office wrote on it, else by its kind. */
export function passName(
  { name, claims }: { readonly name?: string; readonly claims: Pick<PassClaims, 'label' | 'kind'> },
  locale: Locale,
): string {
  return name || claims.label || locale.vocabulary.kind[claims.kind];
}

/** The number of a pass as its card has it and the office finds it by: the first half of its id. */
export function passNumber(passId: string): string {
  return `${passId.slice(0, 4)} ${passId.slice(4, 8)}`;
}

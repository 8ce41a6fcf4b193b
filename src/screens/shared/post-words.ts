import type { PromptSite } from '../../ports/resident-prompt.ts';
import { fill, type Locale } from './locale.ts';

/** The number of the post and who is responsible for it, as the site names them. */
export function postWords(
  { common }: Pick<Locale, 'common'>,
  { number, responsible }: NonNullable<PromptSite['post']>,
): string {
  return [
    number === undefined ? '' : fill(common.post, { number }),
    responsible === undefined ? '' : fill(common.responsible, { name: responsible }),
  ]
    .filter(Boolean)
    .join(' · ');
}

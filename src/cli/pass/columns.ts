import type { IssuedPass } from './order.ts';

/** Column names in the first row, in any order. Only `name` is required. */
export const PASS_COLUMNS = [
  'name',
  'unit',
  'kind',
  'holder',
  'holder-name',
  'valid-days',
  'expires',
  'not-before',
  'windows',
  'quota',
  'label',
  'uses',
  'gates',
  'flags',
  'needs',
  'holder-language',
  'bind',
  'replaces',
] as const;
export type PassColumn = (typeof PASS_COLUMNS)[number];

export interface TablePass extends IssuedPass {
  readonly line: number;
  readonly name: string;
  readonly unit: string;
  /** Ids of the passes this one replaces. */
  readonly replaces: readonly string[];
}

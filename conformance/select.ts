import type { Check } from './check.js';

export interface Selection {
  /** `3.4.2`: this section and those below it; `7643 4.1`: of this RFC alone. */
  readonly section?: string | undefined;
  /** A part of the id or title of a check, in any case. */
  readonly only?: string | undefined;
}

/** The checks that a command line asks for, in their order. */
export function select(checks: readonly Check[], { section, only }: Selection): readonly Check[] {
  const wanted =
    section
      ?.trim()
      .replace(/^RFC\s*/i, '')
      .split(/[\s:/]+/) ?? [];
  const text = only?.toLowerCase() ?? '';
  return checks.filter((check) => isIn(check.section, wanted) && `${check.id} ${check.title}`.toLowerCase().includes(text));
}

function isIn(section: string, wanted: readonly string[]): boolean {
  const [rfc = '', number = ''] = section.split(' ');
  return wanted.every((one) => one === rfc || number === one || number.startsWith(`${one}.`));
}

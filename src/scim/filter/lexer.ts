import type { Refusal } from './errors.js';

/**
 * `word` is every run without blanks, quotes and brackets: names, operators, numbers, true, false, null. What it
 * may be depends on the place, so the parser decides.
 */
export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'string'; readonly value: string; readonly start: number; readonly end: number }
  | { readonly kind: '(' | ')' | '[' | ']' | 'end'; readonly start: number; readonly end: number };

const BLANK = new Set([' ', '\t', '\n', '\r']);
/** Ends a word. */
const DELIMITER = new Set([...BLANK, '(', ')', '[', ']', '"']);
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The token that starts at or after `from`. Looks at each character once and never back.
 *
 * @throws the given error class for a string that is not closed or not valid JSON, and for one that no stored value
 *   can equal: NUL and half a surrogate pair never get into the database, so asking for them is a mistake.
 * @see RFC 8259 section 7
 */
export function nextToken(text: string, from: number, Problem: Refusal): Token {
  let start = from;
  while (start < text.length && BLANK.has(text.charAt(start))) start += 1;
  const first = text.charAt(start);
  if (first === '') return { kind: 'end', start, end: start };
  if (first === '(' || first === ')' || first === '[' || first === ']') return { kind: first, start, end: start + 1 };
  if (first === '"') return stringToken(text, start, Problem);
  let end = start + 1;
  while (end < text.length && !DELIMITER.has(text.charAt(end))) end += 1;
  return { kind: 'word', text: text.slice(start, end), start, end };
}

function stringToken(text: string, start: number, Problem: Refusal): Token {
  let end = start + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
  if (end >= text.length) throw new Problem('syntax', 'a quote is not closed', start);
  end += 1;
  const value = decode(text.slice(start, end));
  if (value === null) throw new Problem('syntax', 'not a valid JSON string', start);
  if (value.includes('\0')) throw new Problem('syntax', 'NUL in a string', start);
  if (LONE_SURROGATE.test(value)) throw new Problem('syntax', 'half a surrogate pair in a string', start);
  return { kind: 'string', value, start, end };
}

/** JSON.parse knows the escapes exactly, takes linear time, and can only see one string here. */
function decode(literal: string): string | null {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

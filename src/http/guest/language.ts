import type { Request } from 'express';
import { GUEST_LANGUAGES, type GuestLanguage } from '../../domain/guest-page.js';

/** Nobody lists more languages than that. */
const HEADER_MAX = 500;
const PREFERENCES_MAX = 30;

/** What the guest chose by the switch (`?lang=`), else what the browser prefers, else English. */
export function languageOf(request: Pick<Request, 'query' | 'headers'>): GuestLanguage {
  const chosen = request.query['lang'];
  return (typeof chosen === 'string' ? known(chosen) : null) ?? preferredLanguage(request.headers['accept-language'] ?? '');
}

/**
 * The best of ours: by weight, then by order. A range of a region (`de-CH`) accepts the language as a whole, since there is
 * no other text of it; weight 0 refuses one.
 *
 * @see RFC 9110 section 12.5.4, RFC 4647 section 3.4
 */
export function preferredLanguage(header: string): GuestLanguage {
  const ranges = header.slice(0, HEADER_MAX).split(',').slice(0, PREFERENCES_MAX).map(rangeOf);
  const refused = new Set(ranges.filter(({ weight }) => weight <= 0).map(({ range }) => range));
  const wanted = ranges.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  for (const { range } of wanted) {
    const language = range === '*' ? GUEST_LANGUAGES.find((one) => !refused.has(one)) : known(range);
    if (language !== undefined && language !== null) return language;
  }
  return 'en';
}

function rangeOf(text: string): { readonly range: string; readonly weight: number } {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const value = weight === undefined ? 1 : Number(weight.slice(2));
  return { range, weight: Number.isFinite(value) ? value : 0 };
}

function known(tag: string): GuestLanguage | null {
  const [primary] = tag.toLowerCase().split('-');
  return GUEST_LANGUAGES.find((language) => language === primary) ?? null;
}

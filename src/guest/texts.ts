import type { GuestLanguage, GuestTexts } from '../domain/guest-page.js';
import { de } from './texts/de.js';
import { en } from './texts/en.js';
import { es } from './texts/es.js';
import { fr } from './texts/fr.js';
import { it } from './texts/it.js';
import { pt } from './texts/pt.js';

/** A language that lacks a text does not compile. */
export const GUEST_TEXTS: Readonly<Record<GuestLanguage, GuestTexts>> = { en, es, fr, de, pt, it };

/** Each language as those who speak it call it. */
export const LANGUAGE_NAMES: Readonly<Record<GuestLanguage, string>> = {
  en: 'English',
  es: 'Español',
  fr: 'Français',
  de: 'Deutsch',
  pt: 'Português',
  it: 'Italiano',
};

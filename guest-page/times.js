/**
 * @typedef {import('../src/domain/guest-page.js').GuestTexts} GuestTexts
 * @typedef {import('../src/domain/doors.js').WeeklyHours} WeeklyHours
 * @typedef {import('../src/domain/time.js').Window} Window
 */

/** Where the browser prefers no region of the page's language. */
const REGIONS = new Map([
  ['en', 'en-GB'],
  ['pt', 'pt-PT'],
]);
const YEAR_SHOWN_AFTER_MS = 300 * 86_400_000;
/** A Monday. */
const MONDAY_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/**
 * @param {string} text
 * @param {Readonly<Record<string, string>>} values
 */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** Days and hours in the guest's language, on the clock of the door. */
export class Times {
  /** @type {GuestTexts} */
  #texts;
  /** @type {string} */
  #locale;
  /** @type {number} */
  #now;

  /**
   * @param {GuestTexts} texts
   * @param {string} language of the page
   * @param {string} now of the server
   */
  constructor(texts, language, now) {
    this.#texts = texts;
    const regional = navigator.languages.find((one) => one.toLowerCase().startsWith(`${language}-`));
    this.#locale = regional ?? REGIONS.get(language) ?? language;
    this.#now = Date.parse(now);
  }

  /**
   * `Fri 27 Nov, 15:00`, and the year when it is far away.
   *
   * @param {string} instant
   * @param {string} timeZone
   */
  moment(instant, timeZone) {
    const at = Date.parse(instant);
    const isFar = Math.abs(at - this.#now) > YEAR_SHOWN_AFTER_MS;
    const format = new Intl.DateTimeFormat(this.#locale, {
      ...(isFar ? { year: 'numeric' } : {}),
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      timeZone,
    });
    return format.format(at);
  }

  /**
   * `Lisbon time`: a guest who has just landed may still have the clock of home.
   *
   * @param {string} timeZone
   */
  zone(timeZone) {
    const place = timeZone.split('/').at(-1) ?? timeZone;
    const text = filled(this.#texts.zone, { city: this.#texts.cities[place] ?? place.replaceAll('_', ' ') });
    // It stays on one line.
    return text.replaceAll(' ', '\u00a0');
  }

  /**
   * @param {Window} window
   * @param {string} timeZone
   */
  window({ startsAt, endsAt }, timeZone) {
    const start = startsAt === null ? null : this.moment(startsAt, timeZone);
    const end = endsAt === null ? null : this.moment(endsAt, timeZone);
    if (start !== null && end !== null) return `${start} – ${end}`;
    if (start !== null) return filled(this.#texts.openEnd, { start });
    return end === null ? this.#texts.anyTime : filled(this.#texts.openStart, { end });
  }

  /**
   * `Mon–Fri 08:00–18:00`: one line for days that follow each other and are alike.
   *
   * @param {WeeklyHours} days
   * @returns {string[]}
   */
  hours(days) {
    const texts = days.map((ranges) => ranges.map(({ from, to }) => `${this.#clock(from)}–${this.#clock(to)}`).join(', '));
    /** @type {string[]} */
    const lines = [];
    for (let first = 0; first < texts.length; ) {
      let last = first;
      while (last + 1 < texts.length && texts[last + 1] === texts[first]) last += 1;
      const span = first === last ? this.#weekday(first) : `${this.#weekday(first)}–${this.#weekday(last)}`;
      if (texts[first] !== '') lines.push(`${span} ${texts[first]}`);
      first = last + 1;
    }
    return lines;
  }

  /** @param {number} weekday Monday is 0 */
  #weekday(weekday) {
    const format = new Intl.DateTimeFormat(this.#locale, { weekday: 'short', timeZone: 'UTC' });
    return format.format(MONDAY_MS + weekday * DAY_MS);
  }

  /** @param {string} time `HH:MM` */
  #clock(time) {
    const format = new Intl.DateTimeFormat(this.#locale, { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
    return time === '24:00' ? format.format(MONDAY_MS) : format.format(Date.parse(`2024-01-01T${time}:00Z`));
  }
}

import { LinkApi, Refused, TooMany } from './api.js';
import { DoorCard } from './door-card.js';
import { filled, Times } from './times.js';

/**
 * @typedef {import('../src/domain/guest-page.js').GuestView} GuestView
 * @typedef {import('../src/domain/guest-page.js').GuestTexts} GuestTexts
 * @typedef {import('../src/domain/guest-page.js').OpenAnswer} OpenAnswer
 */

/** States are looked at again that often while somebody looks at the page, and when the next one is due. */
const REFRESH_MS = 30_000;
const REFRESH_MIN_MS = 1_000;

const path = location.pathname.replace(/\/$/, '');
const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const title = /** @type {HTMLElement} */ (document.querySelector('h1'));
const lead = /** @type {HTMLElement} */ (document.querySelector('.lead'));
const content = /** @type {HTMLElement} */ (document.querySelector('.content'));
const texts = /** @type {GuestTexts} */ (JSON.parse(main.dataset['texts'] ?? '{}'));
const language = document.documentElement.lang;

const api = new LinkApi(path);
/** @type {Map<string, DoorCard>} */
const cards = new Map();
let timer = 0;

/**
 * The secret leaves the address bar, where a history, a screenshot or somebody behind the guest would find it. It stays in
 * this tab, so that a reload and the switch of the language work, and is gone with it.
 */
function takeSecret() {
  const given = location.hash.slice(1);
  if (given === '') return stored() ?? '';
  if (store(given)) history.replaceState(history.state, '', location.pathname + location.search);
  // Without storage it stays where it is, and the switch of the language has to carry it.
  else for (const link of languageLinks()) link.hash = given;
  return given;
}

function stored() {
  try {
    return sessionStorage.getItem(path);
  } catch {
    return null;
  }
}

/** @param {string} secret */
function store(secret) {
  try {
    sessionStorage.setItem(path, secret);
    return true;
  } catch {
    return false;
  }
}

function languageLinks() {
  return /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('.languages a'));
}

async function start() {
  const secret = takeSecret();
  if (secret === '') return showRefused(false);
  lead.hidden = false;
  try {
    showDoors(await api.begin(secret));
  } catch (error) {
    showTrouble(error, false);
  }
}

/**
 * With a session that is over a new one is begun, once: a page may lie open for longer than a session lasts.
 *
 * @template T
 * @param {() => Promise<T>} ask
 * @returns {Promise<T>}
 */
async function withSession(ask) {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    showDoors(await api.begin(stored() ?? location.hash.slice(1)));
    return ask();
  }
}

async function refresh() {
  try {
    showDoors(await withSession(() => api.doors()));
  } catch (error) {
    // What is shown stays true enough for a moment without connection; a press says so.
    if (error instanceof Refused) showRefused(false);
    else refreshIn(REFRESH_MS);
  }
}

/** @param {number} ms */
function refreshIn(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!document.hidden) void refresh();
  }, ms);
}

/** @param {GuestView} view */
function showDoors(view) {
  const times = new Times(texts, language, view.now);
  main.dataset['page'] = 'doors';
  setText(title, filled(texts.hello, { name: view.name }));
  lead.hidden = view.doors.length > 0;
  setText(lead, texts.noDoors);
  lead.classList.remove('loading');
  if (view.doors.map(keyOf).join() !== [...cards.keys()].join()) layOut(view, times);
  for (const door of view.doors) cards.get(keyOf(door))?.update(door, times);
  const due = view.doors.flatMap(({ nextChange }) => (nextChange === null ? [] : [Date.parse(nextChange) - Date.parse(view.now)]));
  refreshIn(Math.max(REFRESH_MIN_MS, Math.min(REFRESH_MS, ...due)));
}

/** Under another site, or with another zone, it is laid out anew. @param {GuestView['doors'][number]} door */
function keyOf({ id, site, timeZone }) {
  return `${id} ${timeZone} ${site}`;
}

/**
 * @param {GuestView} view
 * @param {Times} times
 */
function layOut({ doors }, times) {
  cards.clear();
  /** @type {HTMLElement[]} */
  const sections = [];
  let place = '';
  for (const door of doors) {
    if (`${door.site} ${door.timeZone}` !== place) {
      place = `${door.site} ${door.timeZone}`;
      sections.push(section(door.site, times.zone(door.timeZone)));
    }
    const card = new DoorCard(texts, door, () => press(door.id));
    cards.set(keyOf(door), card);
    sections.at(-1)?.querySelector('ul')?.append(card.element);
  }
  content.replaceChildren(...sections);
}

/**
 * @param {string} site
 * @param {string} zone
 */
function section(site, zone) {
  const element = document.createElement('section');
  const heading = document.createElement('h2');
  const clock = document.createElement('p');
  clock.className = 'zone';
  setText(heading, site);
  setText(clock, zone);
  element.append(heading, clock, document.createElement('ul'));
  return element;
}

/**
 * @param {string} doorId
 * @returns {Promise<OpenAnswer | null>}
 */
async function press(doorId) {
  try {
    const answer = await withSession(() => api.open(doorId));
    if (answer.result === 'denied') void refresh();
    return answer;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    showRefused(true);
    return null;
  }
}

/**
 * @param {unknown} error
 * @param {boolean} moveFocus
 */
function showTrouble(error, moveFocus) {
  if (error instanceof Refused) return showRefused(moveFocus);
  const again = document.createElement('button');
  again.type = 'button';
  again.className = 'again';
  setText(again, texts.again);
  again.addEventListener('click', () => {
    content.replaceChildren();
    setText(lead, texts.loading);
    lead.classList.add('loading');
    void start();
  });
  showMessage('trouble', texts.offlineTitle, error instanceof TooMany ? texts.waitText : texts.offlineText, [again]);
}

/** @param {boolean} moveFocus to the title, when what had it is gone */
function showRefused(moveFocus) {
  clearTimeout(timer);
  const hint = document.createElement('p');
  hint.className = 'hint';
  setText(hint, texts.refusedHint);
  showMessage('refused', texts.refusedTitle, texts.refusedText, [hint]);
  if (moveFocus) title.focus();
}

/**
 * @param {string} page
 * @param {string} heading
 * @param {string} text
 * @param {HTMLElement[]} more
 */
function showMessage(page, heading, text, more) {
  cards.clear();
  main.dataset['page'] = page;
  setText(title, heading);
  lead.classList.remove('loading');
  lead.hidden = false;
  setText(lead, text);
  content.replaceChildren(...more);
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// The same link opened once more in this tab changes nothing but the fragment.
addEventListener('hashchange', () => {
  if (location.hash.length > 1) void start();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && main.dataset['page'] === 'doors') void refresh();
});
void start();

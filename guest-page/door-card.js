import { filled } from './times.js';

/**
 * @typedef {import('../src/domain/guest-page.js').DoorView} DoorView
 * @typedef {import('../src/domain/guest-page.js').GuestTexts} GuestTexts
 * @typedef {import('../src/domain/guest-page.js').OpenAnswer} OpenAnswer
 * @typedef {import('./times.js').Times} Times
 * @typedef {'opening' | 'opened' | 'failed' | 'denied'} Progress
 */

/** How long a door is shown as opened. */
const OPENED_MS = 6_000;
/** Beyond these nobody reads on a phone before a door. */
const WINDOWS_MAX = 3;

/** One door: its state in words, its times, one large button, and what became of the last press. */
export class DoorCard {
  element = node('li', 'door');
  #name = node('h3');
  #pill = node('p', 'pill');
  #when = node('p', 'when');
  #facts = node('dl');
  #button = /** @type {HTMLButtonElement} */ (node('button'));
  #label = node('span');
  #result = node('p', 'result');
  /** @type {GuestTexts} */
  #texts;
  #isBusy = false;

  /**
   * @param {GuestTexts} texts
   * @param {DoorView} door
   * @param {() => Promise<OpenAnswer | null>} press null when the answer is no matter of this card
   */
  constructor(texts, door, press) {
    this.#texts = texts;
    this.#when.id = `when-${door.id}`;
    this.#button.type = 'button';
    this.#button.setAttribute('aria-describedby', this.#when.id);
    const sign = node('span', 'sign');
    sign.setAttribute('aria-hidden', 'true');
    this.#button.append(sign, this.#label);
    // There before it is needed: only what changes inside a region that exists is read out.
    this.#result.setAttribute('role', 'status');
    this.#button.addEventListener('click', () => this.#press(press));
    const head = node('div', 'head');
    head.append(this.#name, this.#pill);
    this.element.append(head, this.#when, this.#facts, this.#button, this.#result);
    this.#show(null, '');
  }

  /**
   * @param {DoorView} door
   * @param {Times} times
   */
  update(door, times) {
    const { state, pill, when } = stateOf(door, this.#texts, times);
    this.element.dataset['state'] = state;
    setText(this.#name, door.name);
    setText(this.#pill, pill);
    setText(this.#when, when);
    this.#nameButton();
    this.#facts.replaceChildren(
      ...fact(this.#texts.yourTime, windowsShown(door, times)),
      ...(door.schedule === null ? [] : fact(this.#texts.hours, times.hours(door.schedule))),
    );
  }

  /** @param {() => Promise<OpenAnswer | null>} press */
  async #press(press) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#show('opening', this.#texts.opening);
    // The button keeps the focus: a disabled one would lose it.
    this.#button.setAttribute('aria-disabled', 'true');
    try {
      const answer = await press();
      if (answer === null) this.#show(null, '');
      else if (answer.result === 'opened') this.#showOpened();
      else this.#show(answer.result === 'denied' ? 'denied' : 'failed', messageOf(answer, this.#texts));
    } catch {
      this.#show('failed', this.#texts.offline);
    } finally {
      this.#isBusy = false;
      this.#button.removeAttribute('aria-disabled');
    }
  }

  #showOpened() {
    this.#show('opened', this.#texts.opened);
    setTimeout(() => {
      if (this.element.dataset['progress'] === 'opened') this.#show(null, '');
    }, OPENED_MS);
  }

  /**
   * @param {Progress | null} progress
   * @param {string} message
   */
  #show(progress, message) {
    if (progress === null) delete this.element.dataset['progress'];
    else this.element.dataset['progress'] = progress;
    setText(this.#label, progress === 'opening' || progress === 'opened' ? message : this.#texts.open);
    setText(this.#result, message);
    this.#nameButton();
  }

  /** What is heard names the door, and holds what is seen: voice control presses by that. */
  #nameButton() {
    const door = this.#name.textContent ?? '';
    const seen = this.#label.textContent ?? '';
    const isIdle = seen === this.#texts.open;
    this.#button.setAttribute('aria-label', isIdle ? filled(this.#texts.openDoor, { door }) : `${seen} ${door}`);
  }
}

/**
 * @param {DoorView} door
 * @param {GuestTexts} texts
 * @param {Times} times
 */
function stateOf({ open, reason, nextChange, timeZone, windows }, texts, times) {
  const zone = times.zone(timeZone);
  const at = (/** @type {string} */ text, /** @type {string} */ instant) => filled(text, { time: times.moment(instant, timeZone), zone });
  if (open) {
    return { state: 'open', pill: texts.now, when: nextChange === null ? texts.anyTime : at(texts.until, nextChange) };
  }
  const pill = { before_window: texts.notYet, outside_schedule: texts.closedNow, after_window: texts.ended };
  const word = reason in pill ? pill[/** @type {keyof typeof pill} */ (reason)] : texts.notAvailable;
  if (nextChange !== null) return { state: 'closed', pill: word, when: at(texts.from, nextChange) };
  const end = windows.at(-1)?.endsAt ?? null;
  return { state: 'closed', pill: word, when: reason === 'after_window' && end !== null ? at(texts.since, end) : texts.noMore };
}

/**
 * @param {DoorView} door
 * @param {Times} times
 */
function windowsShown({ windows, timeZone, nextChange }, times) {
  // Those that are over say nothing any more, unless all of them are.
  const rest = nextChange === null ? windows : windows.filter(({ endsAt }) => endsAt === null || endsAt >= nextChange);
  return (rest.length === 0 ? windows : rest).slice(0, WINDOWS_MAX).map((window) => times.window(window, timeZone));
}

/**
 * @param {OpenAnswer} answer
 * @param {GuestTexts} texts
 */
function messageOf({ result, reason }, texts) {
  if (result === 'failed') return texts.failed;
  if (result === 'no_answer') return texts.noAnswer;
  if (reason === 'before_window') return texts.deniedBefore;
  if (reason === 'after_window' || reason === 'member_ended') return texts.deniedAfter;
  return reason === 'outside_schedule' ? texts.deniedSchedule : texts.denied;
}

/**
 * @param {string} name
 * @param {readonly string[]} lines
 */
function fact(name, lines) {
  const group = node('div');
  const term = node('dt');
  setText(term, name);
  group.append(
    term,
    ...lines.map((line) => {
      const value = node('dd');
      setText(value, line);
      return value;
    }),
  );
  return lines.length === 0 ? [] : [group];
}

/**
 * @param {string} name
 * @param {string} [className]
 */
function node(name, className) {
  const element = document.createElement(name);
  if (className !== undefined) element.className = className;
  return element;
}

/**
 * What has not changed is left alone, so that nothing is read out twice.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

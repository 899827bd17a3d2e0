import type { GuestTexts } from '../../domain/guest-page.js';

export const en: GuestTexts = {
  title: 'Your doors',
  loading: 'One moment, please…',
  hello: 'Hello, {name}',
  noDoors: 'No door has been assigned to you yet. Please ask your host.',
  refusedTitle: 'This link opens no door right now',
  refusedText: 'A link works from the start of your stay or booking until it ends.',
  refusedHint: 'If yours should work now, please open it once more from the latest message you received, or ask your host.',
  offlineTitle: 'No connection',
  offlineText: 'Your doors could not be reached. Please check your connection.',
  waitText: 'There were too many attempts. Please wait a moment.',
  again: 'Try again',
  noScript: 'This page opens doors and needs JavaScript. Please turn it on, or open your link in another browser.',
  languages: 'Language',

  open: 'Open',
  openDoor: 'Open {door}',
  opening: 'Opening…',
  opened: 'Opened. Come in!',
  failed: 'The door did not open. Please try again.',
  noAnswer: 'The door is not answering. Please try again, or ask your host.',
  offline: 'No connection. Please try again.',

  now: 'Ready',
  notYet: 'Not yet',
  closedNow: 'Closed now',
  ended: 'Ended',
  notAvailable: 'Not available',

  until: 'You can open it until {time} ({zone})',
  from: 'You can open it from {time} ({zone})',
  since: 'Ended on {time} ({zone})',
  anyTime: 'At any time',
  noMore: 'Does not open with this link at the moment',
  zone: '{city} time',

  deniedBefore: 'It is too early: your access has not started yet.',
  deniedAfter: 'Your access to this door has ended.',
  deniedSchedule: 'This door is closed at this hour.',
  denied: 'This door does not open with this link.',

  yourTime: 'Your access',
  hours: 'Hours',
  openStart: 'until {end}',
  openEnd: 'from {start}',
  cities: {},
};

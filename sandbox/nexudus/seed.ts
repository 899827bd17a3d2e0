import type { Space } from './space.js';

const FIRST_NAMES = [
  'Ada',
  'Ben',
  'Carla',
  'Dmitri',
  'Elif',
  'Farid',
  'Grace',
  'Hugo',
  'Inés',
  'José',
  'Kemi',
  'Lars',
  'Mei',
  'Nadia',
  'Omar',
];
const LAST_NAMES = ['Park', 'Okafor', 'Peña', 'Novák', 'Silva', 'Haddad', 'Lindqvist', 'Moreau', 'Tanaka', 'Weber', 'Costa'];
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Runs through the same pseudo-random numbers every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
}

/** `count` coworkers of two locations: a good half with contracts, some with passes, some with bookings, some gone. */
export function seedSpace(space: Space, now: number, count: number, seed = 1): void {
  const next = numbers(seed);
  const at = (days: number, hours = 0): string =>
    new Date(Math.floor(now / HOUR_MS) * HOUR_MS + days * DAY_MS + hours * HOUR_MS).toISOString();
  const businesses = [space.addBusiness('Harbour Works', 'harbour').Id, space.addBusiness('Mill House', 'mill').Id];
  const tariffs = businesses.flatMap((id) => [space.addTariff('Hot desk', id), space.addTariff('Private office', id)]);
  const passes = businesses.map((id) => space.addTimePass('Day pass', id));
  const desks = businesses.flatMap((id) =>
    Array.from({ length: 6 }, (_, index) => space.addDesk(`Desk ${index + 1}`, id, `grp-desk-${index + 1}`)),
  );
  const rooms = businesses.flatMap((id) => [space.addResource('Small meeting room', id), space.addResource('Board room', id)]);
  const pick = <Item>(items: readonly Item[]): Item => items[next(items.length)] as Item;

  for (let index = 0; index < count; index += 1) {
    const name = `${FIRST_NAMES[index % FIRST_NAMES.length]} ${LAST_NAMES[next(LAST_NAMES.length)]}`;
    const pin = String(100_000 + next(900_000));
    const { Id } = space.addCoworker(name, {
      Email: `coworker${index}@example.test`,
      AccessPincode: index % 7 === 6 ? null : pin,
      AccessCardId: index % 5 === 0 ? `04A1${pin}` : null,
      Active: index % 11 !== 10,
      Archived: index % 13 === 12,
      InvoicingBusinessId: pick(businesses),
    });
    if (index % 2 === 0)
      space.addContract(Id, pick(tariffs).Id, { StartDate: at(-200 + next(150)), Desks: index % 4 === 0 ? [pick(desks).Id] : [] });
    if (index % 6 === 1) space.givePass(Id, pick(passes).Id, { RemainingUses: 1 + next(4), TotalUses: 5, ExpireDate: at(30 + next(60)) });
    if (index % 3 === 0) space.book(Id, pick(rooms).Id, at(1 + next(60), 9), at(1 + 60, 11), { Tentative: index % 9 === 3 });
  }
}

/** The coworking space of the demo: one location, a handful of people, one of each case. */
export function sampleSpace(space: Space, now: number): void {
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const at = (days: number, hours = 0): string => new Date(hour + days * DAY_MS + hours * HOUR_MS).toISOString();
  space.addBusiness('Harbour Works', 'harbour');
  const hotDesk = space.addTariff('Hot desk');
  const office = space.addTariff('Private office');
  const dayPass = space.addTimePass('Day pass');
  const desk = space.addDesk('Desk 12', undefined, 'grp-desk-12');
  const room = space.addResource('Small meeting room', undefined, 'grp-small');
  const studio = space.addResource('Podcast studio');

  const ada = space.addCoworker('Ada Park', { AccessPincode: '482913', AccessCardId: '04A1B2C3' });
  space.addContract(ada.Id, office.Id, { StartDate: at(-120), Desks: [desk.Id] });
  space.book(ada.Id, room.Id, at(0, 2), at(0, 4));
  const ben = space.addCoworker('Ben Okafor', { AccessPincode: '739105' });
  space.cancelContract(space.addContract(ben.Id, hotDesk.Id, { StartDate: at(-60) }).Id, at(14));
  const carla = space.addCoworker('Carla Peña', { AccessPincode: '12' });
  space.givePass(carla.Id, dayPass.Id, { RemainingUses: 3, TotalUses: 5, ExpireDate: at(40) });
  const dmitri = space.addCoworker('Dmitri Novák');
  space.bookSeries(dmitri.Id, studio.Id, at(1, 1), at(1, 3), 4);
  const elif = space.addCoworker('Elif Silva');
  space.book(elif.Id, room.Id, at(3), at(3, 2), { Tentative: true });
  const farid = space.addCoworker('Farid Haddad', { AccessPincode: '550912' });
  space.addContract(farid.Id, hotDesk.Id, { StartDate: at(-400) });
  space.archive(farid.Id);
}

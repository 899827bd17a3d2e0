import type { World } from './world.js';

const GIVEN = ['Ana', 'Bo', 'Cleo', 'Dario', 'Edda', 'Femi', 'Greta', 'Hugo', 'Ines', 'Jona', 'Kaya', 'Leo', 'Mara', 'Nils', 'Oya', 'Pia'];
const FAMILY = ['Voss', 'Lopez', 'Okafor', 'Berg', 'Costa', 'Dahl', 'Eriksen', 'Fontana', 'Gupta', 'Haddad', 'Ito', 'Jansen', 'Kovac'];
const DEPARTMENTS = ['Ops', 'Sales', 'Engineering', 'Reception'];
const PEOPLE_PER_GROUP = 20;

/**
 * So many people, and groups of twenty that hold each other in pairs. The same number gives the same world.
 * Every seventeenth is suspended, every twenty-ninth archived.
 */
export function seedPeople(world: World, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const givenName = GIVEN[index % GIVEN.length] ?? '';
    const familyName = FAMILY[index % FAMILY.length] ?? '';
    const user = world.createUser({
      primaryEmail: `${givenName}.${familyName}.${index}@acme.test`.toLowerCase(),
      givenName,
      familyName,
      phones: [{ value: `+34600${String(index).padStart(6, '0')}`, type: 'mobile', primary: true }],
      externalIds: [{ value: `E-${index}`, type: 'organization' }],
      organizations: [{ department: DEPARTMENTS[index % DEPARTMENTS.length] ?? '', title: 'Staff', primary: true }],
      suspended: index % 17 === 16,
      archived: index % 29 === 28,
    });
    const number = Math.floor(index / PEOPLE_PER_GROUP);
    const email = `team-${number}@acme.test`;
    if (world.findGroup(email) === undefined) {
      world.createGroup({ name: `Team ${number}`, email });
      if (number % 2 === 1) world.addMember(`team-${number - 1}@acme.test`, email);
    }
    world.addMember(email, user.id);
  }
}

/** A small company for the demo: an office with doors, a night shift inside of it, and everybody. */
export function sampleCompany(world: World): void {
  const people = [
    ['Mara', 'Voss', 'Lead'],
    ['Ravi', 'Gupta', 'Night manager'],
    ['Ines', 'Costa', 'Receptionist'],
    ['Hugo', 'Berg', 'Engineer'],
    ['Oya', 'Kovac', 'Engineer'],
    ['Nils', 'Dahl', 'Sales'],
    ['Pia', 'Fontana', 'Sales'],
    ['Femi', 'Okafor', 'Cleaner'],
  ] as const;
  for (const [givenName, familyName, title] of people) {
    const primaryEmail = `${givenName}.${familyName}@acme.test`.toLowerCase();
    world.createUser({
      givenName,
      familyName,
      primaryEmail,
      organizations: [{ title, department: 'Ops', primary: true }],
      orgUnitPath: '/Staff',
    });
  }
  world.createOrgUnit('Staff');
  world.createGroup({ name: 'Doors HQ', email: 'doors-hq@acme.test' });
  world.createGroup({ name: 'Night shift', email: 'night-shift@acme.test' });
  world.createGroup({ name: 'Everybody', email: 'all@acme.test' });
  for (const name of ['mara.voss', 'hugo.berg', 'oya.kovac', 'ines.costa']) world.addMember('doors-hq@acme.test', `${name}@acme.test`);
  for (const name of ['ravi.gupta', 'femi.okafor']) world.addMember('night-shift@acme.test', `${name}@acme.test`);
  world.addMember('doors-hq@acme.test', 'night-shift@acme.test');
  world.addOutsider('doors-hq@acme.test', 'guest@other.test');
  world.addEverybody('all@acme.test');
  world.suspendUser('pia.fontana@acme.test');
}

import type { ControlAction, ControlField, ControlPanel, ControlTable } from '../kernel/control-panel.js';
import { troubleActions } from '../kernel/trouble.js';
import type { Parts } from './parts.js';
import { seedSpace } from './seed.js';
import type { Space } from './space.js';

const HOUR_MS = 60 * 60_000;

/** What whoever runs the coworking space can do, and what Nexudus can suffer. */
export function controlPanel(parts: Parts): ControlPanel {
  const { space, server } = parts;
  return {
    title: 'Nexudus: coworking space',
    actions: [
      ...coworkerActions(space),
      ...contractActions(parts),
      ...bookingActions(parts),
      { name: 'seed', run: (given) => seedSpace(space, server.clock.now(), given.number('count')) },
      { name: 'tick', run: () => space.tick() },
      // Too many requests are a 409 there.
      ...troubleActions(server, { on: '/api/', rateLimit: { status: 409 } }),
    ],
    tables: () => [coworkers(space), contracts(space), passes(space), bookings(space)],
    settled: () => space.settled(),
  };
}

function coworkerActions(space: Space): ControlAction[] {
  const coworker = coworkerField(space);
  return [
    {
      name: 'add-coworker',
      label: 'New coworker',
      fields: [{ name: 'name', label: 'Name', value: () => 'Grace Costa' }],
      run: (given) => space.addCoworker(given.needed('name')),
    },
    { name: 'suspend', label: 'Suspend', fields: [coworker], run: (given) => space.suspend(given.number('coworkerId')) },
    {
      name: 'activate',
      label: 'Make active again',
      fields: [coworker],
      run: (given) => space.changeCoworker(given.number('coworkerId'), { Active: true, Archived: false }),
    },
    { name: 'archive', label: 'Archive', fields: [coworker], run: (given) => space.archive(given.number('coworkerId')) },
    {
      name: 'set-pin',
      label: 'Set the access pincode',
      fields: [coworker, { name: 'pin', label: 'Pincode', value: () => '604817' }],
      run: (given) => space.changeCoworker(given.number('coworkerId'), { AccessPincode: given.text('pin') }),
    },
  ];
}

function contractActions({ space, server }: Parts): ControlAction[] {
  const coworker = coworkerField(space);
  const tariffs = () => space.tables.all('Tariff').map(({ Id, Name }) => ({ value: String(Id), label: Name }));
  const kinds = () => space.tables.all('TimePass').map(({ Id, Name }) => ({ value: String(Id), label: Name }));
  const known = () => space.tables.all('CoworkerContract');
  const contractChoices = () =>
    known().map(({ Id, CoworkerFullName, TariffName }) => ({ value: String(Id), label: `${CoworkerFullName}, ${TariffName}` }));
  return [
    {
      name: 'add-contract',
      label: 'New contract',
      fields: [coworker, { name: 'tariffId', label: 'Tariff', choices: tariffs }],
      run: (given) => space.addContract(given.number('coworkerId'), given.number('tariffId')),
    },
    {
      name: 'cancel-contract',
      label: 'Cancel a contract',
      fields: [
        { name: 'contractId', label: 'Contract', choices: contractChoices },
        { name: 'at', label: 'At (UTC; may lie ahead)', value: () => hourFrom(server.clock.now(), 0) },
      ],
      run: (given) => space.cancelContract(given.number('contractId'), given.needed('at')),
    },
    {
      name: 'give-pass',
      label: 'Give a time pass',
      fields: [coworker, { name: 'timePassId', label: 'Pass', choices: kinds }],
      run: (given) => space.givePass(given.number('coworkerId'), given.number('timePassId')),
    },
  ];
}

function bookingActions({ space, server }: Parts): ControlAction[] {
  const resources = () => space.tables.all('Resource').map(({ Id, Name }) => ({ value: String(Id), label: Name }));
  const known = () => space.tables.all('Booking');
  const bookingChoices = () =>
    known().map(({ Id, CoworkerFullName, ResourceName, FromTime }) => ({
      value: String(Id),
      label: `${CoworkerFullName ?? 'nobody'}, ${ResourceName ?? ''}, ${minute(FromTime)}`,
    }));
  const booking: ControlField = { name: 'bookingId', label: 'Booking', choices: bookingChoices };
  const times: readonly ControlField[] = [
    { name: 'from', label: 'From (UTC)', value: () => hourFrom(server.clock.now(), 0) },
    { name: 'to', label: 'Until (UTC)', value: () => hourFrom(server.clock.now(), 2) },
  ];
  return [
    {
      name: 'book',
      label: 'New booking',
      fields: [coworkerField(space), { name: 'resourceId', label: 'Resource', choices: resources }, ...times],
      run: (given) => space.book(given.number('coworkerId'), given.number('resourceId'), given.needed('from'), given.needed('to')),
    },
    {
      name: 'move-booking',
      label: 'Change the times',
      fields: [booking, ...times],
      run: (given) => space.moveBooking(given.number('bookingId'), given.needed('from'), given.needed('to')),
    },
    { name: 'approve-booking', label: 'Approve', fields: [booking], run: (given) => space.approveBooking(given.number('bookingId')) },
    { name: 'cancel-booking', label: 'Cancel', fields: [booking], run: (given) => space.cancelBooking(given.number('bookingId')) },
  ];
}

function coworkerField({ tables }: Space): ControlField {
  const choices = () => tables.all('Coworker').map(({ Id, FullName }) => ({ value: String(Id), label: FullName }));
  return { name: 'coworkerId', label: 'Coworker', choices };
}

function coworkers({ tables }: Space): ControlTable {
  const rows = tables
    .all('Coworker')
    .map((one) => [
      one.FullName,
      one.Archived ? 'archived' : one.Active ? 'active' : 'inactive',
      one.AccessPincode ?? '',
      one.AccessCardId ?? '',
      String(one.Id),
    ]);
  return { title: 'Coworkers', head: ['Name', 'State', 'Pincode', 'Card', 'Id'], rows };
}

function contracts({ tables }: Space): ControlTable {
  const rows = tables
    .all('CoworkerContract')
    .map((one) => [
      one.CoworkerFullName,
      one.TariffName,
      minute(one.StartDate),
      one.CancellationDate === null ? '' : minute(one.CancellationDate),
      one.Active ? 'active' : 'not active',
      String(one.Id),
    ]);
  return { title: 'Contracts', head: ['Coworker', 'Tariff', 'From (UTC)', 'Until (UTC)', 'State', 'Id'], rows };
}

function passes({ tables }: Space): ControlTable {
  const rows = tables
    .all('CoworkerTimePass')
    .map((one) => [
      tables.get('Coworker', one.CoworkerId).FullName,
      one.TimePassName,
      `${one.RemainingUses ?? 1} of ${one.TotalUses}`,
      one.ExpireDate === null ? '' : minute(one.ExpireDate),
      String(one.Id),
    ]);
  return { title: 'Time passes', head: ['Coworker', 'Pass', 'Uses left', 'Until (UTC)', 'Id'], rows };
}

function bookings({ tables }: Space): ControlTable {
  const rows = tables
    .all('Booking')
    .map((one) => [
      one.CoworkerFullName ?? 'nobody',
      one.ResourceName ?? '',
      minute(one.FromTime),
      minute(one.ToTime),
      one.Tentative ? 'tentative' : 'certain',
      String(one.Id),
    ]);
  return { title: 'Bookings', head: ['Coworker', 'Resource', 'From (UTC)', 'Until (UTC)', 'State', 'Id'], rows };
}

function minute(text: string): string {
  return text.slice(0, 16).replace('T', ' ');
}

/** `YYYY-MM-DDTHH:00:00Z`, so many hours after the full hour before `now`. */
function hourFrom(now: number, hours: number): string {
  return `${new Date((Math.floor(now / HOUR_MS) + hours) * HOUR_MS).toISOString().slice(0, 19)}Z`;
}

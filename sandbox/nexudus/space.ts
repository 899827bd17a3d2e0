import type { SandboxClock } from '../kernel/clock.js';
import { ACS_MARGIN_MINUTES, CustomAcs } from './custom-acs.js';
import { Hooks } from './hooks.js';
import type { Booking, Contract, Coworker, CoworkerTimePass, RecordOf } from './records.js';
import { Tables } from './tables.js';

/** Local time is an hour ahead, and is printed with a `Z` that lies. */
const LOCAL_OFFSET_MS = 60 * 60_000;
const MARGIN_MS = ACS_MARGIN_MINUTES * 60_000;

type Given<Record> = Partial<Record>;

/** What people do in Nexudus. Every method changes records and sends what Nexudus would send. Times are ISO texts in UTC. */
export class Space {
  readonly tables: Tables;
  readonly hooks: Hooks;
  readonly acs: CustomAcs;
  readonly #clock: SandboxClock;
  #checkedTimeAt: number | null = null;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
    this.tables = new Tables(clock);
    this.hooks = new Hooks(this.tables);
    this.acs = new CustomAcs(clock, this.tables);
  }

  addBusiness(name: string, webAddress = name.toLowerCase().replaceAll(' ', '-')): RecordOf<'Business'> {
    return this.tables.insert('Business', { Name: name, WebAddress: webAddress });
  }

  addTariff(name: string, businessId = this.#home()): RecordOf<'Tariff'> {
    const tariff = this.tables.insert('Tariff', { Name: name, ...this.#location(businessId) });
    this.hooks.fire(74, tariff, [businessId]);
    return tariff;
  }

  addTimePass(name: string, businessId = this.#home()): RecordOf<'TimePass'> {
    return this.tables.insert('TimePass', { Name: name, ...this.#location(businessId) });
  }

  addDesk(name: string, businessId = this.#home(), accessControlGroupId: string | null = null): RecordOf<'FloorPlanDesk'> {
    const desk = this.tables.insert('FloorPlanDesk', {
      Name: name,
      FloorPlanBusinessId: businessId,
      AccessControlGroupId: accessControlGroupId,
    });
    this.hooks.fire(71, desk, [businessId]);
    return desk;
  }

  addResource(name: string, businessId = this.#home(), accessControlGroupId: string | null = null): RecordOf<'Resource'> {
    return this.tables.insert('Resource', { Name: name, ...this.#location(businessId), AccessControlGroupId: accessControlGroupId });
  }

  addCoworker(fullName: string, given: Given<Coworker> = {}): Coworker {
    const home = given.InvoicingBusinessId ?? this.#home();
    const coworker = this.tables.insert('Coworker', {
      FullName: fullName,
      ToStringText: fullName,
      Email: `${fullName.toLowerCase().replaceAll(' ', '.')}@example.test`,
      Businesses: [home],
      InvoicingBusinessId: home,
      RegistrationDate: this.tables.stamp(),
      ...given,
    });
    this.hooks.fire(3, coworker, coworker.Businesses);
    this.accessChanged(coworker.Id);
    return coworker;
  }

  changeCoworker(id: number, given: Given<Coworker>): Coworker {
    const coworker = this.tables.update('Coworker', id, given);
    this.hooks.fire(2, coworker, coworker.Businesses);
    this.accessChanged(id);
    return coworker;
  }

  suspend(id: number): Coworker {
    return this.changeCoworker(id, { Active: false });
  }

  archive(id: number): Coworker {
    return this.changeCoworker(id, { Archived: true });
  }

  /** Not possible by API, but on the page of the admin. */
  deleteCoworker(id: number): void {
    const coworker = this.tables.remove('Coworker', id);
    this.hooks.fire(50, coworker, coworker.Businesses);
  }

  addContract(coworkerId: number, tariffId: number, given: Given<Contract> = {}): Contract {
    const tariff = this.tables.get('Tariff', tariffId);
    const coworker = this.tables.get('Coworker', coworkerId);
    const start = given.StartDate ?? this.#time();
    const contract = this.tables.insert('CoworkerContract', {
      IssuedById: tariff.BusinessId,
      IssuedByName: tariff.BusinessName,
      CoworkerId: coworkerId,
      CoworkerFullName: coworker.FullName,
      CoworkerEmail: coworker.Email,
      TariffId: tariffId,
      TariffName: tariff.Name,
      StartDate: start,
      StartDateLocal: start,
      ...given,
      ...deskFields(given.Desks ?? []),
    });
    for (const desk of contract.Desks) this.#takeDesk(desk, contract);
    this.hooks.fire(62, contract, [contract.IssuedById]);
    this.accessChanged(coworkerId);
    return contract;
  }

  /** `at` may lie ahead: the contract is good until then. */
  cancelContract(id: number, at: string): Contract {
    const isOver = Date.parse(at) <= this.#clock.now();
    return this.#contractChanged(11, id, { Cancelled: isOver, Active: !isOver, CancellationDate: at, CancellationDateLocal: at });
  }

  pauseContract(id: number, from: string, until: string | null): Contract {
    const now = this.#clock.now();
    const isNow = Date.parse(from) <= now && (until === null || now < Date.parse(until));
    return this.#contractChanged(60, id, { InPausedPeriod: isNow, InPausedPeriodFrom: from, InPausedPeriodUntil: until });
  }

  resumeContract(id: number): Contract {
    return this.#contractChanged(60, id, { InPausedPeriod: false, InPausedPeriodFrom: null, InPausedPeriodUntil: null });
  }

  upgradeContract(id: number, tariffId: number): Contract {
    const { Name } = this.tables.get('Tariff', tariffId);
    return this.#contractChanged(13, id, { TariffId: tariffId, TariffName: Name });
  }

  moveDesks(id: number, desks: readonly number[]): Contract {
    const contract = this.#contractChanged(60, id, deskFields(desks));
    for (const desk of desks) this.#takeDesk(desk, contract);
    return contract;
  }

  deleteContract(id: number): void {
    const contract = this.tables.remove('CoworkerContract', id);
    this.hooks.fire(77, contract, [contract.IssuedById]);
    this.accessChanged(contract.CoworkerId);
  }

  givePass(coworkerId: number, timePassId: number, given: Given<CoworkerTimePass> = {}): CoworkerTimePass {
    const kind = this.tables.get('TimePass', timePassId);
    const fields = { CoworkerId: coworkerId, BusinessId: kind.BusinessId, TimePassId: timePassId, TimePassName: kind.Name };
    const pass = this.tables.insert('CoworkerTimePass', { ...fields, ...given });
    this.accessChanged(coworkerId);
    return pass;
  }

  changePass(id: number, given: Given<CoworkerTimePass>): CoworkerTimePass {
    const pass = this.tables.update('CoworkerTimePass', id, given);
    this.accessChanged(pass.CoworkerId);
    return pass;
  }

  /** One use; the last one uses it up. */
  usePass(id: number): CoworkerTimePass {
    const left = (this.tables.get('CoworkerTimePass', id).RemainingUses ?? 1) - 1;
    return this.changePass(id, { RemainingUses: left, Used: left === 0, UsedDate: this.#time() });
  }

  /** `coworkerId` null: the calendar is blocked and nobody comes. */
  book(coworkerId: number | null, resourceId: number | null, from: string, to: string, given: Given<Booking> = {}): Booking {
    const coworker = coworkerId === null ? null : this.tables.get('Coworker', coworkerId);
    const resource = resourceId === null ? null : this.tables.get('Resource', resourceId);
    const booking = this.tables.insert('Booking', {
      CoworkerId: coworkerId,
      CoworkerFullName: coworker?.FullName ?? null,
      ResourceId: resourceId,
      ResourceName: resource?.Name ?? null,
      ...times(from, to),
      ...given,
    });
    this.#bookingChanged(6, booking);
    return booking;
  }

  /** Every occurrence is a booking of its own. */
  bookSeries(coworkerId: number, resourceId: number, from: string, to: string, count: number, everyDays = 7): Booking[] {
    const series = `99999999-0000-4000-8000-${this.tables.stamp().replace(/\D/g, '').slice(-12)}`;
    return Array.from({ length: count }, (_, index) => {
      const moved = (text: string): string => new Date(Date.parse(text) + index * everyDays * 86_400_000).toISOString();
      return this.book(coworkerId, resourceId, moved(from), moved(to), { RepeatSeriesUniqueId: series, RepeatBooking: true });
    });
  }

  moveBooking(id: number, from: string, to: string, given: Given<Booking> = {}): Booking {
    return this.#bookingChanged(7, this.tables.update('Booking', id, { ...times(from, to), ...given }));
  }

  approveBooking(id: number): Booking {
    return this.#bookingChanged(7, this.tables.update('Booking', id, { Tentative: false }));
  }

  /** It leaves the bookings and turns up among the cancelled ones. */
  cancelBooking(id: number, reason = 1): void {
    const booking = this.tables.remove('Booking', id);
    this.tables.insert('CancelledBooking', {
      ...booking,
      CreatedOn: this.tables.stamp(),
      UpdatedOn: this.tables.stamp(),
      CancellationReason: reason,
    });
    this.#bookingChanged(8, booking);
  }

  /** Uses up a pass where there is one. Refused where the plan allows no check-in: no contract and no pass. */
  checkIn(coworkerId: number, businessId: number, from: string): RecordOf<'Checkin'> | null {
    const coworker = this.tables.get('Coworker', coworkerId);
    const pass = this.tables.all('CoworkerTimePass').find((one) => one.CoworkerId === coworkerId && !one.Used);
    const hasContract = this.tables.all('CoworkerContract').some((one) => one.CoworkerId === coworkerId && one.Active);
    if (pass === undefined && !hasContract) return null;
    if (!hasContract && pass !== undefined) this.tables.update('CoworkerTimePass', this.usePass(pass.Id).Id, { CheckedIn: true });
    const checkIn = this.tables.insert('Checkin', {
      CoworkerId: coworkerId,
      CoworkerFullName: coworker.FullName,
      BusinessId: businessId,
      BusinessName: this.tables.find('Business', businessId)?.Name ?? '',
      FromTime: from,
      FromTimeLocal: local(from),
    });
    this.hooks.fire(36, checkIn, [businessId]);
    this.accessChanged(coworkerId);
    return checkIn;
  }

  /** Lets time have its effect: access control messages 15 minutes before a booking starts and after it ends. */
  tick(): void {
    const now = this.#clock.now();
    const since = this.#checkedTimeAt ?? now;
    this.#checkedTimeAt = now;
    for (const { CoworkerId, FromTime, ToTime } of this.tables.all('Booking')) {
      const moments = [Date.parse(FromTime) - MARGIN_MS, Date.parse(ToTime) + MARGIN_MS];
      if (CoworkerId !== null && moments.some((at) => at > since && at <= now)) this.accessChanged(CoworkerId);
    }
  }

  /** Messages of action 61 and of Custom ACS. */
  accessChanged(coworkerId: number): void {
    const coworker = this.tables.find('Coworker', coworkerId);
    if (coworker === undefined) return;
    this.hooks.fire(61, coworker, coworker.Businesses);
    this.acs.push(coworkerId);
  }

  /** Resolves once every message under way has been answered. */
  async settled(): Promise<void> {
    await this.hooks.settled();
    await this.acs.settled();
  }

  #contractChanged(action: number, id: number, given: Given<Contract>): Contract {
    const contract = this.tables.update('CoworkerContract', id, given);
    this.hooks.fire(action, contract, [contract.IssuedById]);
    this.accessChanged(contract.CoworkerId);
    return contract;
  }

  #bookingChanged(action: number, booking: Booking): Booking {
    const resource = booking.ResourceId === null ? undefined : this.tables.find('Resource', booking.ResourceId);
    this.hooks.fire(action, booking, [resource?.BusinessId ?? this.#home()]);
    if (booking.CoworkerId !== null) this.accessChanged(booking.CoworkerId);
    return booking;
  }

  #takeDesk(id: number, { Id, CoworkerId, CoworkerFullName, CoworkerEmail }: Contract): void {
    const desk = this.tables.update('FloorPlanDesk', id, {
      CoworkerId,
      CoworkerFullName,
      CoworkerEmail,
      CoworkerContractIds: String(Id),
      Available: false,
    });
    this.hooks.fire(73, desk, [desk.FloorPlanBusinessId]);
  }

  #location(businessId: number): { BusinessId: number; BusinessName: string } {
    return { BusinessId: businessId, BusinessName: this.tables.get('Business', businessId).Name };
  }

  #home(): number {
    return (this.tables.all('Business')[0] ?? this.addBusiness('Harbour Works', 'harbour')).Id;
  }

  #time(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

function deskFields(desks: readonly number[]): Given<Contract> {
  return { Desks: [...desks], FloorPlanDeskIds: desks.length === 0 ? null : desks.join(',') };
}

function times(from: string, to: string): Given<Booking> {
  return { FromTime: from, ToTime: to, FromTimeLocal: local(from), ToTimeLocal: local(to) };
}

function local(text: string): string {
  return new Date(Date.parse(text) + LOCAL_OFFSET_MS).toISOString();
}

/** Fields of every record. */
export interface Common {
  Id: number;
  UniqueId: string;
  /** UTC, seven digits of fraction. */
  CreatedOn: string;
  UpdatedOn: string;
  UpdatedBy: string;
  IsNew: boolean;
  SystemId: string | null;
  ToStringText: string;
  LocalizationDetails: null;
  CustomFields: null;
}

const BUSINESS = { Name: '', WebAddress: null as string | null, SimpleTimeZoneId: 2023 };

const COWORKER = {
  CoworkerType: 1,
  FullName: '',
  Email: null as string | null,
  MobilePhone: null as string | null,
  Active: true,
  Archived: false,
  Businesses: [] as number[],
  Teams: [] as number[],
  InvoicingBusinessId: 0,
  SimpleTimeZoneId: 2023,
  CountryId: 1219,
  TariffId: null as number | null,
  TariffName: null as string | null,
  NextTariffId: null as number | null,
  AccessCardId: null as string | null,
  AccessPincode: null as string | null,
  KeyFobNumber: null as string | null,
  CheckinSinceLastRenewal: 0,
  UserId: 991,
  RegistrationDate: null as string | null,
  RenewalDate: null as string | null,
  Notes: null as string | null,
  Custom1: null as string | null,
};

const BOOKABLE = { Name: '', BusinessId: 0, BusinessName: '', Visible: true };

const TARIFF = {
  ...BOOKABLE,
  SystemTariffType: 1,
  Price: 180,
  CurrencyCode: 'EUR',
  UseTimePasses: false,
  GroupName: null as string | null,
};

const TIME_PASS = { ...BOOKABLE, Price: 15, CurrencyCode: 'EUR' };

const RESOURCE = {
  ...BOOKABLE,
  SystemResourceType: 1,
  ResourceTypeId: 1_500_000_401,
  ResourceTypeName: 'Meeting room',
  RequiresConfirmation: false,
  GroupName: null as string | null,
  Allocation: 6,
  Archived: false,
  AccessControlGroupId: null as string | null,
};

const DESK = {
  Name: '',
  FloorPlanId: 41,
  FloorPlanName: 'Floor 1',
  FloorPlanBusinessId: 0,
  ItemType: 1,
  CoworkerId: null as number | null,
  CoworkerFullName: null as string | null,
  CoworkerEmail: null as string | null,
  ResourceId: null as number | null,
  Available: true,
  AccessControlGroupId: null as string | null,
  /** Comma-separated. */
  CoworkerContractIds: null as string | null,
  CoworkerContractFullNames: null as string | null,
  CoworkerContractStartDates: null as string | null,
  AvailableFromTime: null,
  AvailableToTime: null,
};

const CONTRACT = {
  IssuedById: 0,
  IssuedByName: '',
  CoworkerId: 0,
  CoworkerFullName: '',
  CoworkerEmail: null as string | null,
  CoworkerActive: true,
  TariffId: 0,
  TariffName: '',
  TariffPrice: 180,
  TariffCurrencyCode: 'EUR',
  NextTariffId: null as number | null,
  StartDate: '',
  BillingDay: 1,
  RenewalDate: null as string | null,
  InvoicedPeriod: null as string | null,
  ContractTerm: null,
  Price: null as number | null,
  Quantity: 1,
  Active: true,
  MainContract: true,
  Cancelled: false,
  CancellationDate: null as string | null,
  CancellationDateLocal: null as string | null,
  Desks: [] as number[],
  FloorPlanDeskIds: null as string | null,
  FloorPlanDeskNames: null as string | null,
  InPausedPeriod: false,
  InPausedPeriodFrom: null as string | null,
  InPausedPeriodUntil: null as string | null,
  StartDateLocal: '',
};

const COWORKER_TIME_PASS = {
  CoworkerId: 0,
  BusinessId: 0,
  TimePassId: 0,
  TimePassName: '',
  Used: false,
  CheckedIn: false,
  UsedDate: null as string | null,
  RemainingUses: 1 as number | null,
  TotalUses: 1,
  Free: false,
  Price: 15,
  CreateMultiple: 1,
  ExpireDate: null as string | null,
  Invoiced: true,
  IsFromTariff: false,
  IsPayAsYouGo: false,
  TariffTimePassUniqueId: null,
  CoworkerContractUniqueId: null,
};

const BOOKING = {
  BookingNumber: 10_000,
  ResourceId: null as number | null,
  ResourceName: null as string | null,
  ResourceAllocation: 6,
  ResourceHideInCalendar: false,
  ResourceResourceTypeId: 1_500_000_401,
  ResourceResourceTypeName: 'Meeting room',
  FloorPlanDeskId: null as number | null,
  FloorPlanDeskName: null as string | null,
  CoworkerId: null as number | null,
  CoworkerCoworkerType: 'Individual',
  CoworkerFullName: null as string | null,
  CoworkerCompanyName: null,
  CoworkerTeamNames: null,
  FromTime: '',
  ToTime: '',
  FromTimeLocal: '',
  ToTimeLocal: '',
  Notes: null as string | null,
  InternalNotes: null as string | null,
  Tentative: false,
  Online: true,
  RepeatSeriesUniqueId: null as string | null,
  RepeatBooking: false,
  Repeats: 2,
  WhichBookingsToUpdate: 1,
  Invoiced: false,
  CheckedInAt: null as string | null,
  CancelIfNotPaid: false,
  CancelIfNotCheckedIn: false,
  BookingVisitors: [] as unknown[],
};

const CANCELLED_BOOKING = { ...BOOKING, CancellationReason: 0 };

const CHECK_IN = {
  CoworkerId: 0,
  CoworkerFullName: '',
  BusinessId: 0,
  BusinessName: '',
  Source: 1,
  FromTime: '',
  ToTime: null as string | null,
  CoworkerTimePassGuid: null as string | null,
  AutoCheckout: false,
  LastActivity: null,
  FromTimeLocal: '',
};

const WEBHOOK = {
  BusinessId: 0,
  Name: '',
  Description: null as string | null,
  Action: 1,
  URL: '',
  Active: true,
  LastError: null as string | null,
  ErrorCount: 0,
  LastTrigger: null as string | null,
};

/** Every field of every kind of record with what it is when nobody says otherwise. */
export const DEFAULTS = {
  Business: BUSINESS,
  Coworker: COWORKER,
  Tariff: TARIFF,
  TimePass: TIME_PASS,
  FloorPlanDesk: DESK,
  Resource: RESOURCE,
  CoworkerContract: CONTRACT,
  CoworkerTimePass: COWORKER_TIME_PASS,
  Booking: BOOKING,
  CancelledBooking: CANCELLED_BOOKING,
  Checkin: CHECK_IN,
  Webhook: WEBHOOK,
};

export type EntityName = keyof typeof DEFAULTS;
export type RecordOf<Name extends EntityName> = Common & (typeof DEFAULTS)[Name];
export type Coworker = RecordOf<'Coworker'>;
export type Contract = RecordOf<'CoworkerContract'>;
export type CoworkerTimePass = RecordOf<'CoworkerTimePass'>;
export type Booking = RecordOf<'Booking'>;
export type Webhook = RecordOf<'Webhook'>;

/** How each kind is reached, and what lists leave out of it. */
export const ENTITIES: Readonly<
  Record<EntityName, { readonly path: string; readonly omitted: readonly string[]; readonly writable: boolean }>
> = {
  Business: { path: 'sys/businesses', omitted: [], writable: false },
  Coworker: {
    path: 'spaces/coworkers',
    omitted: ['AccessPincode', 'KeyFobNumber', 'MobilePhone', 'CoworkerType', 'Notes', 'Custom1', 'Teams', 'Businesses'],
    writable: true,
  },
  Tariff: { path: 'billing/tariffs', omitted: [], writable: false },
  TimePass: { path: 'billing/timepasses', omitted: [], writable: false },
  FloorPlanDesk: { path: 'sys/floorplandesks', omitted: [], writable: true },
  Resource: { path: 'spaces/resources', omitted: [], writable: false },
  CoworkerContract: { path: 'billing/coworkercontracts', omitted: ['Desks'], writable: true },
  CoworkerTimePass: { path: 'billing/coworkertimepasses', omitted: [], writable: true },
  Booking: { path: 'spaces/bookings', omitted: ['BookingVisitors'], writable: true },
  CancelledBooking: { path: 'spaces/cancelledbookings', omitted: ['BookingVisitors'], writable: false },
  Checkin: { path: 'spaces/checkins', omitted: [], writable: true },
  Webhook: { path: 'sys/webhooks', omitted: [], writable: true },
};

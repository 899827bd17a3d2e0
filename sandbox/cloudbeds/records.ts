/** What the simulated property has. Dates are local, `YYYY-MM-DD`. */
export interface Room {
  readonly roomID: string;
  roomName: string;
  dormRoomName: string;
  readonly roomTypeID: string;
  readonly roomTypeName: string;
  readonly isVirtual: boolean;
  readonly roomBlocked: boolean;
}

/** A room of a stay, from night to night. */
export interface Line {
  readonly reservationRoomID: string;
  room: Room | null;
  checkIn: string;
  checkOut: string;
  status: string;
}

export interface Guest {
  readonly guestID: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  isAnonymized: boolean;
}

export interface Stay {
  readonly subReservationID: string;
  readonly guest: Guest;
  lines: Line[];
}

export interface Reservation {
  readonly reservationID: string;
  status: string;
  readonly createdAt: number;
  modifiedAt: number;
  readonly stays: Stay[];
  deleted: boolean;
  /** Guests come as `[]`, dates are empty. */
  bare: boolean;
  readonly customFields: Map<string, string>;
}

export interface CustomField {
  readonly customFieldID: string;
  readonly shortcode: string;
  readonly name: string;
}

export interface NewStay {
  /** null: no room yet. */
  readonly room: string | null;
  readonly checkIn: string;
  readonly checkOut: string;
  readonly guest?: Partial<Pick<Guest, 'firstName' | 'lastName' | 'email' | 'phone'>>;
}

/** First and last night of a stay or a whole reservation. */
export function datesOf(lines: readonly Line[]): { readonly start: string; readonly end: string } {
  return {
    start: lines.map(({ checkIn }) => checkIn).sort()[0] ?? '',
    end:
      lines
        .map(({ checkOut }) => checkOut)
        .sort()
        .at(-1) ?? '',
  };
}

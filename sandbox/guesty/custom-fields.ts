import type { Switches } from './switches.js';
import type { Row } from './views.js';

export const LINK_FIELD = '64b7f0c2a1d3e40012cf0002';

const DEFINITIONS: readonly Row[] = [
  { fieldId: '64b7f0c2a1d3e40012cf0001', displayName: 'Wi-Fi', key: 'wifi', object: 'listing', type: 'text', isPublic: true },
  { fieldId: LINK_FIELD, displayName: 'Door link', key: 'door_link', object: 'reservation', type: 'text', isPublic: true },
];

interface Field {
  readonly fieldId: string;
  value: string | null;
  /** What is shown until so many reads have passed. */
  next: string | null;
  lag: number;
}

/** Custom fields of reservations. A change shows up only after some reads. */
export class CustomFields {
  readonly definitions = DEFINITIONS;
  readonly #fields = new Map<string, Field>();
  readonly #switches: Switches;

  constructor(switches: Switches) {
    this.#switches = switches;
  }

  /** false: there is no field of reservations with this id. */
  set(reservationId: string, fieldId: string, value: string | null): boolean {
    if (!DEFINITIONS.some((one) => one['fieldId'] === fieldId && one['object'] === 'reservation')) return false;
    const key = `${reservationId} ${fieldId}`;
    const field = this.#fields.get(key) ?? { fieldId, value: null, next: null, lag: 0 };
    this.#fields.set(key, { ...field, next: value, lag: this.#switches.customFieldLag });
    return true;
  }

  /** As a read shows it, which counts as one. */
  read(reservationId: string, fieldId: string): string | null {
    const field = this.#fields.get(`${reservationId} ${fieldId}`);
    if (field === undefined) return null;
    if (field.lag > 0) field.lag -= 1;
    else field.value = field.next;
    return field.value;
  }

  of(reservationId: string): readonly Row[] {
    return [...this.#fields]
      .filter(([key, { value }]) => key.startsWith(`${reservationId} `) && value !== null)
      .map(([, { fieldId, value }]) => ({ _id: `${fieldId}00`, fieldId, value }));
  }
}

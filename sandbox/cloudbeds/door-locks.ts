import type { Request, Response, Router } from 'express';
import type { SandboxClock } from '../kernel/clock.js';
import { jsonOf } from '../kernel/server.js';
import type { Switches } from './switches.js';
import type { Emit } from './world.js';

export interface LockKey {
  readonly keyId: string;
  readonly propertyId: string;
  readonly reservationId: string;
  readonly subReservationId: string | null;
  readonly issuerId: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly keyType: string;
  readonly rooms: readonly string[];
  readonly externalId: string | null;
  keyCode: string | null;
  status: string;
  errorMessage: string | null;
}

type NewKey = Partial<Omit<LockKey, 'keyId' | 'propertyId'>> &
  Pick<LockKey, 'reservationId' | 'subReservationId' | 'startDateTime' | 'endDateTime'>;

const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/;
const STATUSES = ['completed', 'failed', 'deleted', 'processing'];

/** The door-lock service: settings of the property and keys. */
export class DoorLocks {
  readonly keys = new Map<string, LockKey>();
  /** null: the property has none. */
  settings: object | null = null;
  /** Takes writes and forgets them. */
  forgetful = false;
  readonly #propertyId: string;
  readonly #clock: SandboxClock;
  readonly #switches: Switches;
  readonly #emit: Emit;
  #next = 1;

  constructor(propertyId: string, clock: SandboxClock, switches: Switches, emit: Emit) {
    this.#propertyId = propertyId;
    this.#clock = clock;
    this.#switches = switches;
    this.#emit = emit;
  }

  setUp(): void {
    this.settings = { keyTypes: [{ id: 'access_code', name: 'PIN' }], encoders: [], commonRooms: [] };
  }

  /** The front desk clicks "issue key": a key that waits for its code, and a message with nothing but its id. */
  request(given: NewKey): LockKey {
    const key = this.#add({ status: 'processing', ...given });
    this.#emit('doorLockKey/key_requested', { keyId: key.keyId });
    return key;
  }

  /** The front desk takes a key back. */
  cancel(keyId: string): void {
    const key = this.keys.get(keyId);
    if (key === undefined) throw new Error(`no key ${keyId}`);
    key.status = 'deleted';
    this.#emit('doorLockKey/key_cancelled', { keyId });
  }

  mount(app: Router): void {
    const base = '/doorlock/v1';
    app.put(`${base}/settings/:property`, (request, response) => {
      this.settings = objectOf(request);
      response.status(201).end();
    });
    app.get(`${base}/settings/:property`, (request, response) => {
      if (this.settings === null || request.params['property'] !== this.#propertyId) this.#missing(response);
      else response.json(this.settings);
    });
    app.delete(`${base}/settings/:property`, (_request, response) => {
      this.settings = null;
      response.status(204).end();
    });
    app.get(`${base}/keys/:property`, (request, response) => this.#list(request, response));
    app.post(`${base}/keys`, (request, response) => this.#create(request, response));
    app.patch(`${base}/keys/:id`, (request, response) => this.#patch(request, response));
    app.delete(`${base}/keys/:id`, (request, response) => {
      this.keys.delete(String(request.params['id']));
      response.status(204).end();
    });
  }

  #list(request: Request, response: Response): void {
    const { reservationId, subReservationId, keyIds } = request.query;
    const ids = typeof keyIds === 'string' ? keyIds.split(',') : null;
    const found = [...this.keys.values()].filter(
      (key) =>
        (reservationId === undefined || key.reservationId === reservationId) &&
        (subReservationId === undefined || key.subReservationId === subReservationId) &&
        (ids === null || ids.includes(key.keyId)),
    );
    response.json({ data: this.#switches.nestedKeys ? [found] : found });
  }

  #create(request: Request, response: Response): void {
    const body = objectOf(request);
    const errors = [
      ...['propertyId', 'reservationId', 'keyType', 'status'].filter((field) => typeof body[field] !== 'string'),
      ...['startDateTime', 'endDateTime'].filter((field) => !WITH_OFFSET.test(String(body[field]))),
    ].map((field) => ({ field, message: `${field} is not valid` }));
    if (errors.length > 0) {
      response.status(400).json({ message: 'Validation failed', errors, code: 'INVALID_REQUEST' });
      return;
    }
    const key = this.#add({
      reservationId: String(body['reservationId']),
      subReservationId: body['subReservationId'] === undefined ? null : String(body['subReservationId']),
      startDateTime: String(body['startDateTime']),
      endDateTime: String(body['endDateTime']),
      keyType: String(body['keyType']),
      status: String(body['status']),
      issuerId: String(body['issuerId'] ?? ''),
      externalId: body['externalId'] === undefined ? null : String(body['externalId']),
      keyCode: this.forgetful ? null : String(body['keyCode'] ?? ''),
      rooms: Array.isArray(body['rooms']) ? body['rooms'].map(String) : [],
    });
    response.status(201).json(key);
  }

  #patch(request: Request, response: Response): void {
    const key = this.keys.get(String(request.params['id']));
    const body = objectOf(request);
    if (request.headers['x-property-id'] === undefined) {
      response.status(400).json({ message: 'x-property-id is required', errors: [], code: 'INVALID_REQUEST' });
      return;
    }
    if (key === undefined) return this.#missing(response);
    const status = String(body['status'] ?? key.status);
    if (!STATUSES.includes(status)) {
      response
        .status(400)
        .json({ message: 'Validation failed', errors: [{ field: 'status', message: 'unknown' }], code: 'INVALID_REQUEST' });
      return;
    }
    if (!this.forgetful) {
      key.status = status;
      if (typeof body['keyCode'] === 'string') key.keyCode = body['keyCode'];
      if (typeof body['errorMessage'] === 'string') key.errorMessage = body['errorMessage'];
    }
    response.json(key);
  }

  #missing(response: Response): void {
    response.status(404).json({ code: 'RESOURCE_NOT_FOUND', description: 'Resource not found', timestamp: this.#clock.now(), id: null });
  }

  #add(given: NewKey): LockKey {
    const key: LockKey = {
      keyId: String(this.#next),
      propertyId: this.#propertyId,
      issuerId: 'front-desk',
      keyType: 'access_code',
      rooms: [],
      externalId: null,
      keyCode: null,
      status: 'completed',
      errorMessage: null,
      ...given,
    };
    this.#next += 1;
    this.keys.set(key.keyId, key);
    return key;
  }
}

function objectOf(request: Request): Record<string, unknown> {
  const body = jsonOf(request);
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {};
}

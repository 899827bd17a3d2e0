import type { Express, Request, Response } from 'express';
import { jsonOf } from '../kernel/server.js';
import { listAnswer } from './lists.js';
import { DEFAULTS, ENTITIES, type EntityName, type RecordOf } from './records.js';
import type { NexudusParts } from './parts.js';

const NAMES = Object.keys(ENTITIES) as EntityName[];
/** What each kind cannot be made without. */
const REQUIRED: Partial<Record<EntityName, readonly string[]>> = {
  Booking: ['FromTime', 'ToTime'],
  Checkin: ['BusinessId', 'CoworkerId', 'FromTime'],
  Webhook: ['BusinessId', 'Action', 'URL', 'Name'],
};

type Fields = Record<string, unknown>;

/** The REST API: every kind of record at its path. */
export function mountRoutes(app: Express, sandbox: NexudusParts): void {
  for (const name of NAMES) {
    const { path, writable } = ENTITIES[name];
    const guarded = (role: string, handle: (request: Request, response: Response) => void) => (request: Request, response: Response) => {
      const isAllowed = sandbox.signIn.isSignedIn(request) && !sandbox.signIn.lackingRoles.has(`${name}-${role}`);
      if (isAllowed) handle(request, response);
      else response.status(401).json({ Message: 'Authorization has been denied for this request.' });
    };
    app.get(
      `/api/${path}`,
      guarded('List', (request, response) => {
        response.json(listAnswer(name, sandbox.tables.all(name), request.query, sandbox.lists));
        sandbox.pageServed(name, Number(request.query['page'] ?? 1));
      }),
    );
    app.get(
      `/api/${path}/:id`,
      guarded('Read', (request, response) => {
        const record = sandbox.tables.find(name, idIn(request));
        if (record === undefined) notFound(response);
        else response.json(record);
      }),
    );
    if (!writable) continue;
    app.post(
      `/api/${path}`,
      guarded('Create', (request, response) => create(sandbox, name, fieldsIn(request), response)),
    );
    app.put(
      `/api/${path}`,
      guarded('Edit', (request, response) => replace(sandbox, name, fieldsIn(request), response)),
    );
    // Coworkers cannot be deleted by API.
    if (name === 'Coworker') continue;
    app.delete(
      `/api/${path}/:id`,
      guarded('Delete', (request, response) => remove(sandbox, name, idIn(request), response)),
    );
  }
  app.use('/api', (_request: Request, response: Response) => notFound(response));
}

function create(sandbox: NexudusParts, name: EntityName, fields: Fields, response: Response): void {
  const missing = (REQUIRED[name] ?? []).find((field) => fields[field] === undefined || fields[field] === null);
  if (missing !== undefined) return invalid(response, missing);
  if (name === 'Checkin') return checkIn(sandbox, fields, response);
  if (name === 'Booking') {
    const { CoworkerId, ResourceId, FromTime, ToTime, ...rest } = known(name, fields);
    const booking = sandbox.space.book(CoworkerId ?? null, ResourceId ?? null, FromTime ?? '', ToTime ?? '', rest);
    return success(response, name, 'created', booking.Id);
  }
  success(response, name, 'created', sandbox.tables.insert(name, known(name, fields)).Id);
}

function checkIn(sandbox: NexudusParts, fields: Fields, response: Response): void {
  const { CoworkerId = 0, BusinessId = 0, FromTime = '' } = known('Checkin', fields);
  const made = sandbox.tables.find('Coworker', CoworkerId) && sandbox.space.checkIn(CoworkerId, BusinessId, FromTime);
  if (made) return success(response, 'Checkin', 'created', made.Id);
  const body = {
    Status: 500,
    Message: 'The plan of this customer does not allow a check-in.',
    Value: null,
    WasSuccessful: false,
    Errors: null,
  };
  response.status(200).json(body);
}

/** Replaces the whole record: what is not sent is blank afterwards. */
function replace(sandbox: NexudusParts, name: EntityName, fields: Fields, response: Response): void {
  const id = Number(fields['Id']);
  if (sandbox.tables.find(name, id) === undefined) return notFound(response);
  const given = known(name, fields);
  const missing = (REQUIRED[name] ?? []).find((field) => fields[field] === undefined || fields[field] === null);
  if (missing !== undefined) return invalid(response, missing);
  const replaced: Partial<RecordOf<EntityName>> = { ...DEFAULTS[name], ...given };
  if (name === 'Coworker') sandbox.space.changeCoworker(id, replaced as Partial<RecordOf<'Coworker'>>);
  else sandbox.tables.update(name, id, replaced);
  success(response, name, 'updated', id);
}

function remove(sandbox: NexudusParts, name: EntityName, id: number, response: Response): void {
  if (sandbox.tables.find(name, id) === undefined) return notFound(response);
  if (name === 'Booking') sandbox.space.cancelBooking(id);
  else if (name === 'CoworkerContract') sandbox.space.deleteContract(id);
  else sandbox.tables.remove(name, id);
  success(response, name, 'deleted', id);
}

/** Of what was sent, the fields that this kind has. */
function known<Name extends EntityName>(name: Name, fields: Fields): Partial<RecordOf<Name>> {
  const own = Object.entries(fields).filter(([field]) => Object.hasOwn(DEFAULTS[name], field) || field === 'SystemId');
  return Object.fromEntries(own) as Partial<RecordOf<Name>>;
}

function success(response: Response, name: EntityName, what: string, id: number): void {
  const Message = `${name} ${id} was successfully ${what}.`;
  response.json({ Status: 200, Message, Value: { Id: id }, WasSuccessful: true, Errors: null });
}

function invalid(response: Response, field: string): void {
  const Errors = [{ AttemptedValue: null, Message: 'is required', PropertyName: field }];
  response.status(400).json({ Status: 400, Message: `${field}: is required`, Value: null, WasSuccessful: false, Errors });
}

function notFound(response: Response): void {
  response.status(404).json('Not found');
}

function idIn(request: Request): number {
  return Number(request.params['id']);
}

function fieldsIn(request: Request): Fields {
  const body = jsonOf(request);
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

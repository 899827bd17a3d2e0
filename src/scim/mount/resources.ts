import type { Request, Response } from 'express';
import SCIMMY from 'scimmy';
import type { Answer } from '../answer.js';
import type { ScimCall, ScimParts } from '../call.js';
import { list } from '../handlers/list.js';
import { OPERATIONS, type ResourceOperations } from '../handlers/operations.js';
import { listRequestOf } from '../list-request.js';
import { GROUP_RESOURCE, USER_RESOURCE } from '../resource-kinds.js';
import { connectionOf } from '../transport/authenticate.js';
import { queryOf } from '../transport/query.js';

/** What the router hands to the resource classes with every request; a class, because it passes through untyped hands. */
export class MountContext {
  readonly parts: ScimParts;
  readonly request: Request;
  readonly response: Response;

  constructor(parts: ScimParts, request: Request, response: Response) {
    this.parts = parts;
    this.request = request;
    this.response = response;
  }
}

/** Where an error waits while it passes through the router, which would make a 404 of it. */
export const FAILURE = 'scimFailure';

interface Mounted extends ResourceOperations {
  readonly endpoint: string;
  readonly list: (parts: ScimParts, call: ScimCall) => Promise<Answer>;
}

/**
 * A resource class as scimmy-routers calls it, without scimmy's filter, PATCH, paging and coercion: those decide wrongly
 * or at a cost that grows with the directory (docs/decisions/0003-scim-server.md). The id is only ever a parameter and
 * the query never reaches scimmy.
 */
function declareResource(schema: typeof SCIMMY.Types.Schema, operations: Mounted): void {
  class MountedResource extends SCIMMY.Types.Resource {
    readonly #id: string | null;

    constructor(idOrQuery?: string | object) {
      super();
      this.#id = typeof idOrQuery === 'string' ? idOrQuery : null;
    }

    static override get endpoint(): string {
      return operations.endpoint;
    }

    static override get schema(): typeof SCIMMY.Types.Schema {
      return schema;
    }

    // The router sets it per request on the class, for the whole process: with two hosts one gets the other's locations.
    static override basepath(): string {
      return operations.endpoint;
    }

    override read(context?: unknown): Promise<Answer> {
      const id = this.#id;
      return guarded(context, (parts, call) => (id === null ? operations.list(parts, call) : operations.get(parts, call, id)));
    }

    override write(_instance: unknown, context?: unknown): Promise<Answer> {
      const id = this.#id;
      return guarded(context, (parts, call) => (id === null ? operations.create(parts, call) : operations.replace(parts, call, id)));
    }

    override patch(_message: unknown, context?: unknown): Promise<Answer> {
      return guarded(context, (parts, call) => operations.patch(parts, call, this.#id ?? ''));
    }

    override async dispose(context?: unknown): Promise<void> {
      await guarded(context, (parts, call) => operations.remove(parts, call, this.#id ?? ''));
    }
  }
  SCIMMY.Resources.declare(MountedResource, operations.endpoint.slice(1, -1));
}

/**
 * Ours to scimmy's. Without this, the router answers 404 for any error it does not know, a lost database included, and
 * the IdP takes the User for gone.
 */
async function guarded(context: unknown, operation: (parts: ScimParts, call: ScimCall) => Promise<Answer>): Promise<Answer> {
  if (!(context instanceof MountContext)) throw new TypeError('the router was mounted without its context');
  try {
    return await operation(context.parts, callOf(context.request));
  } catch (error) {
    context.response.locals[FAILURE] = error;
    // Any status below 500: above it the router would answer and then raise the error a second time.
    throw new SCIMMY.Types.Error(400, '', 'see the failure kept beside the response');
  }
}

function callOf(request: Request): ScimCall {
  const ifMatch = request.headers['if-match'];
  const ifNoneMatch = request.headers['if-none-match'];
  return { connection: connectionOf(request), query: queryOf(request), body: request.body as unknown, ifMatch, ifNoneMatch, bulk: null };
}

declareResource(SCIMMY.Schemas.User, {
  endpoint: '/Users',
  list: (parts, { connection, query }) => list(parts, connection, listRequestOf(query), USER_RESOURCE),
  ...OPERATIONS.User,
});

declareResource(SCIMMY.Schemas.Group, {
  endpoint: '/Groups',
  list: (parts, { connection, query }) => list(parts, connection, listRequestOf(query), GROUP_RESOURCE),
  ...OPERATIONS.Group,
});

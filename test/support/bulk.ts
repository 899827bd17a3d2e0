import { expect } from 'chai';
import {
  BULK_REQUEST_URN,
  BULK_RESPONSE_URN,
  ERROR_URN,
  GROUP_URN,
  type JsonObject,
  PATCH_OP_URN,
  USER_URN,
} from '../../src/domain/scim.js';
import { objectsIn, type ScimAnswer, type ScimClient } from './scim-client.js';

export const bulkBody = (operations: readonly unknown[], more: object = {}): object => ({
  schemas: [BULK_REQUEST_URN],
  ...more,
  Operations: operations,
});

export const postUser = (bulkId: string, userName = bulkId, more: object = {}): object => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { schemas: [USER_URN], userName, ...more },
});

/** `members`: ids, and `bulkId:…` for those that come to be in the same request. */
export const postGroup = (bulkId: string, members: readonly string[] = [], displayName = bulkId): object => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { schemas: [GROUP_URN], displayName, members: members.map((value) => ({ value })) },
});

export const patchOf = (path: string, ...operations: readonly unknown[]): object => ({
  method: 'PATCH',
  path,
  data: { schemas: [PATCH_OP_URN], Operations: operations },
});

/** One result of a BulkResponse, as a test reads it. */
export interface BulkResult {
  readonly method: string | undefined;
  readonly bulkId: string | undefined;
  readonly location: string | undefined;
  readonly version: string | undefined;
  readonly status: string;
  readonly scimType: string | undefined;
  readonly detail: string | undefined;
}

/** The results of a Bulk request, to the letter of RFC 7644 section 3.7. */
export function resultsIn(answer: ScimAnswer): BulkResult[] {
  expect(answer.status, answer.text.slice(0, 500)).to.equal(200);
  expect(answer.headers.get('content-type')).to.equal('application/scim+json');
  expect(answer.body['schemas']).to.deep.equal([BULK_RESPONSE_URN]);
  expect(Object.keys(answer.body).sort()).to.deep.equal(['Operations', 'schemas']);
  return objectsIn(answer.body['Operations']).map(resultOf);
}

function resultOf(result: JsonObject): BulkResult {
  const text = (name: string, object: JsonObject = result): string | undefined => {
    const value = object[name];
    return value === undefined ? undefined : String(value);
  };
  const status = text('status') ?? '';
  expect(result['status'], 'a text').to.equal(status);
  expect(Object.keys(result)).to.satisfy((names: string[]) =>
    names.every((name) => ['method', 'bulkId', 'location', 'version', 'status', 'response'].includes(name)),
  );
  const response = (result['response'] ?? {}) as JsonObject;
  if (status >= '400') {
    expect(response['schemas']).to.deep.equal([ERROR_URN]);
    expect(response['status']).to.equal(status);
    expect(response['detail']).to.be.a('string').that.is.not.empty;
    if (result['method'] === 'POST') expect(result).not.to.have.property('location');
  } else {
    expect(result['location'], JSON.stringify(result)).to.be.a('string');
    expect(result, 'only errors are told in full').not.to.have.property('response');
  }
  return {
    method: text('method'),
    bulkId: text('bulkId'),
    location: text('location'),
    version: text('version'),
    status,
    scimType: text('scimType', response),
    detail: text('detail', response),
  };
}

export async function sendBulk(scim: ScimClient, operations: readonly unknown[], more: object = {}): Promise<BulkResult[]> {
  return resultsIn(await scim.post('/Bulk', bulkBody(operations, more)));
}

/** Statuses alone, as `201 201 409`. */
export const statusesOf = (results: readonly BulkResult[]): string => results.map(({ status }) => status).join(' ');

/** The id at the end of a location. */
export const idAt = (result: BulkResult | undefined): string => result?.location?.split('/').at(-1) ?? 'no location';

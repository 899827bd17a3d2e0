import { BULK_REQUEST_URN, GROUP_URN, PATCH_OP_URN } from '../../src/domain/scim.js';
import type { Hostile } from '../../test/support/hostile/request.js';
import { sampleUser } from '../support/seed.js';

const OPERATIONS = 1_000;
const FROM = 40_000_000;

/** Requests that identity providers really send, and that change thousands of rows. */
export function largeWrites(userIds: readonly string[], group: string, size: number): Hostile[] {
  const path = `/Groups/${group}`;
  const members = (from: number, to: number) => userIds.slice(from, to).map((value) => ({ value }));
  const put = (label: string, list: object[]): Hostile => {
    const body = { schemas: [GROUP_URN], displayName: 'large writes', members: list };
    return { label, method: 'PUT', path: `${path}?excludedAttributes=members`, body, status: 200 };
  };
  const patch = (label: string, op: string, list: object[]): Hostile => {
    const body = { schemas: [PATCH_OP_URN], Operations: [{ op, path: 'members', value: list }] };
    return { label, method: 'PATCH', path, body, status: 204 };
  };
  return [
    put(`PUT of a Group: ${size} members come`, members(0, size)),
    put(`PUT of a Group: ${size} members stay`, members(0, size)),
    put(`PUT of a Group: ${size} members go, ${size} come`, members(size, 2 * size)),
    patch(`PATCH of a Group: ${size} members come`, 'add', members(0, size)),
    patch(`PATCH of a Group: ${2 * size} members replaced by ${size}`, 'replace', members(0, size)),
    put(`PUT of a Group: ${size} members go`, []),
    {
      label: `Bulk of ${OPERATIONS} POSTs`,
      method: 'POST',
      path: '/Bulk',
      body: {
        schemas: [BULK_REQUEST_URN],
        Operations: Array.from({ length: OPERATIONS }, (_, n) => {
          return { method: 'POST', path: '/Users', bulkId: `b${n}`, data: sampleUser(FROM + n) };
        }),
      },
      status: 200,
    },
  ];
}

import { DEFAULT_SCIM_SWITCHES } from '../../src/domain/integration.js';
import { GROUP_URN, PATCH_OP_URN, USER_URN } from '../../src/domain/scim.js';
import { redacted } from '../../src/logger/redaction.js';
import { parseFilter } from '../../src/scim/filter/parse.js';
import { checkGroup } from '../../src/scim/model/check-group.js';
import { checkUser } from '../../src/scim/model/check-user.js';
import { groupPatch } from '../../src/scim/patch/group-patch.js';
import { parsePatch } from '../../src/scim/patch/parse-patch.js';
import { GROUP_SCHEMA, USER_SCHEMA } from '../../src/scim/schema/schemas.js';
import { redactBody } from '../../src/scim/transport/redact.js';
import { isNestedDeeper } from '../../src/transport/json-depth.js';
import type { Goal } from '../support/measure.js';
import { grown, type Work, weighed } from '../support/work.js';

/** Of four times as much: what is linear, and room for caches that it no longer fits into. */
const LINEAR = 8;
/** What costs the same however much there is. */
const CONSTANT = 2;
/** Reading an ordinary User costs some six times what reading its JSON does. */
const OVER_JSON = 15;

const CHECKED = { missingSchemas: 'refuse', activeWhenAbsent: true } as const;
const ORDINARY_USER = JSON.stringify({
  schemas: [USER_URN],
  userName: 'ann@example.com',
  externalId: 'ext-1',
  active: true,
  name: { givenName: 'Ann', familyName: 'Example' },
  emails: [{ value: 'ann@example.com', type: 'work', primary: true }],
});

/** Texts that invite a pattern to start anew at each of their characters. */
const LOGGED = ['://', 'lks_', 'bearer ', '/m/', '/webhooks/'];
const PATHS = ['\\', '\n', '\\\\', '('];

export function growthGoals(): Goal[] {
  return [
    ...LOGGED.map((unit) => grown(`log line of ${JSON.stringify(unit)} again and again`, 10_000, logged(unit), LINEAR)),
    grown('log line of one long word behind ://', 50_000, logged(null), LINEAR),
    ...PATHS.map((unit) => grown(`PATCH path of ${JSON.stringify(unit)} again and again`, 1_000, path(unit), LINEAR)),
    grown('filter of many comparisons', 25, filter, LINEAR),
    grown('depth of JSON', 100_000, depth, LINEAR),
    grown('Group of many members', 1_000, members, LINEAR),
    grown('PATCH of a Group, each operation one member', 250, memberOperations, LINEAR),
    grown('request that is kept, of many members', 50_000, kept, CONSTANT),
    weighed('ordinary User, against its JSON', readJson, readUser, OVER_JSON),
  ];
}

function logged(unit: string | null): (n: number) => Work {
  return (n) => {
    const text = unit === null ? `://${'a'.repeat(n)}` : unit.repeat(n);
    return () => redacted({ text });
  };
}

function path(unit: string): (n: number) => Work {
  return (n) => {
    const body = patchOf([{ op: 'replace', path: `emails[type eq "${unit.repeat(n / unit.length)}`, value: 'x' }]);
    return refused(() => parsePatch(body, USER_SCHEMA, DEFAULT_SCIM_SWITCHES));
  };
}

function filter(n: number): Work {
  const text = Array.from({ length: n }, (_, index) => `userName eq "${index}"`).join(' or ');
  return () => parseFilter(text);
}

function depth(n: number): Work {
  const json = Buffer.from('[]'.repeat(n));
  return () => isNestedDeeper(json, 1_000);
}

function members(n: number): Work {
  const body = { schemas: [GROUP_URN], displayName: 'Cleaners', members: ids(n) };
  return () => checkGroup(body, CHECKED);
}

function memberOperations(n: number): Work {
  const body = patchOf(ids(n).map((id) => ({ op: 'add', path: 'members', value: [id] })));
  return () => groupPatch(parsePatch(body, GROUP_SCHEMA, DEFAULT_SCIM_SWITCHES));
}

function kept(n: number): Work {
  const body = { members: ids(n) };
  return () => redactBody(body);
}

function readJson(): unknown {
  return JSON.parse(ORDINARY_USER);
}

function readUser(): unknown {
  return checkUser(JSON.parse(ORDINARY_USER), CHECKED);
}

function ids(n: number): { readonly value: string }[] {
  return Array.from({ length: n }, (_, index) => ({ value: `user-${index}` }));
}

function patchOf(operations: readonly object[]): object {
  return { schemas: [PATCH_OP_URN], Operations: operations };
}

/** What is hostile is refused; the cost of that is what counts. */
function refused(work: Work): Work {
  return () => {
    try {
      work();
    } catch {
      return;
    }
    throw new Error('it was not refused');
  };
}

import { expect } from 'chai';
import { newId } from '../../src/db/ids.js';
import { ROUTES } from '../../src/http/admin/routes.js';
import { type AdminWorld, adminWorldOf } from '../support/admin-world.js';
import { forEachEngine } from '../support/engines.js';
import { pulledOnce } from '../support/pulled-once.js';

/** Parameters that name something below `{id}`, and what makes one. */
const INNER = ['tokenId', 'resourceId', 'pinId', 'linkId', 'cardId', 'associationId', 'requestId', 'runId', 'planId'] as const;
type Inner = (typeof INNER)[number];

const BODIES: Readonly<Record<string, object>> = { mapping: { memberGroupIds: [] }, empty: {} };

function keptRequest(world: AdminWorld, integrationId: string): string {
  const id = newId('req');
  world.requestLog.keep({
    ...{
      id,
      integrationId,
      tokenId: 'st_1',
      at: world.now,
      method: 'GET',
      path: '/scim/v2/Users',
      status: 200,
      scimType: null,
      detail: null,
    },
    ...{ durationMs: 1, requestBytes: 0, responseBytes: 2, userAgent: null, requestBody: null, responseBody: '{}' },
  });
  return id;
}

describe('ids of somebody else', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let owner: Record<'integration' | 'member', string>;
    let other: Record<'integration' | 'member', string>;
    let foreign: Record<Inner, string>;

    const idOf = async (path: string, body: object) => (await world.post(path, body)).body.id as string;
    const setUp = async () => {
      const integration = await idOf('/integrations', { kind: 'scim', name: 'Hotel' });
      return { integration, member: await idOf('/members', { name: 'Ann' }) };
    };
    beforeEach(async () => {
      world = current();
      [owner, other] = [await setUp(), await setUp()];
      const memberGroupId = await idOf('/member-groups', { name: 'Doors' });
      foreign = {
        tokenId: await idOf(`/integrations/${other.integration}/tokens`, {}),
        resourceId: await world.group(other.integration, 'Cleaners'),
        pinId: await idOf(`/members/${other.member}/pins`, {}),
        linkId: await idOf(`/members/${other.member}/magic-links`, {}),
        cardId: await idOf(`/members/${other.member}/cards`, { uid: 'A1' }),
        associationId: await idOf(`/members/${other.member}/associations`, { memberGroupId }),
        requestId: keptRequest(world, other.integration),
        ...(await pulledOnce(world.db, other.integration, world.now)),
      };
    });

    it('S3 are answered below another parent as an id that nobody has: 404, and nothing changes', async () => {
      const events = await world.count('events');
      let cases = 0;
      for (const { method, path, role, body } of ROUTES) {
        const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        if (names.length < 2) continue;
        const inner = INNER.find((name) => name === names[1]);
        if (inner === undefined || names.length > 2) throw new Error(`no case for ${method} ${path}`);
        const parent = path.startsWith('/integrations') ? owner.integration : owner.member;
        const send = (id: string) =>
          world.as(
            role,
            method.toLowerCase() as 'get',
            path.replace('{id}', parent).replace(`{${inner}}`, id),
            body === null ? undefined : BODIES[body],
          );
        const stranger = await send(foreign[inner]);
        const nobody = await send('nobody_1');
        expect(stranger.status, `${method} ${path}`).to.equal(404);
        expect(stranger.body, `${method} ${path}`).to.deep.equal(nobody.body);
        cases += 1;
      }
      expect(cases).to.be.at.least(8);
      expect(await world.count('events')).to.equal(events + 2);
      for (const table of ['pins', 'magic_links', 'cards']) expect(await world.count(`${table} where revoked_at is not null`)).to.equal(0);
    });

    it('cannot be written into a body: unknown and reserved names are refused at every depth, and leave no trace', async () => {
      const extras = ['id', 'integrationId', 'userId', 'managedBy', 'source', 'role', 'status', 'deletedAt', 'constructor', 'prototype'];
      const token = await world.token('operator');
      const polluted = (json: string) =>
        world.bare('post', '/members').set('Authorization', `Bearer ${token}`).set('Content-Type', 'application/json').send(json);
      for (const name of extras) {
        expect((await world.post('/members', { name: 'Eve', [name]: other.member })).status, name).to.equal(400);
        expect((await world.post(`/members/${owner.member}/pins`, { [name]: 'x' })).status, name).to.equal(400);
        expect(
          (await world.patch(`/integrations/${owner.integration}`, { settings: { [name]: { enabled: false } } })).status,
          name,
        ).to.equal(400);
        expect((await world.patch(`/integrations/${owner.integration}`, { settings: { credentials: { [name]: true } } })).status).to.equal(
          400,
        );
      }
      for (const json of [
        '{"name":"Eve","__proto__":{"polluted":1}}',
        '{"__proto__":{"name":"Eve"}}',
        '{"name":"Eve","emails":{"__proto__":[]}}',
      ]) {
        expect((await polluted(json)).status, json).to.equal(400);
      }
      expect(Object.keys(Object.prototype)).to.deep.equal([]);
      expect(await world.count("members where name = 'Eve'")).to.equal(0);
    });

    for (const name of ['Ann\r\nX-Evil: 1', '\u202egnp.exe', 'Аnn', 'x'.repeat(200), '👩‍👩‍👧‍👦', '<img onerror=1>']) {
      it(`a name like ${JSON.stringify(name.slice(0, 20))} is kept as it is and reaches no header`, async () => {
        const answer = await world.post('/members', { name });
        expect(answer.status).to.equal(201);
        expect(answer.body.name).to.equal(name);
        expect(answer.headers).not.to.have.property('x-evil');
        expect(answer.headers['location']).to.match(/^https:\/\/[a-z.]+\/api\/v1\/members\/mem_[0-9a-z]{26}$/);
      });
    }
  });
});

import { expect } from 'chai';
import { type AdminWorld, adminWorldOf } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

interface Resource {
  readonly id: string;
  readonly displayName: string;
  readonly userCount: number;
}

describe('admin API: resources and mappings', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let integration: string;
    const at = (path: string) => `/integrations/${integration}${path}`;
    const mapping = (resourceId: string, ...memberGroupIds: string[]) =>
      world.put(at(`/resources/${resourceId}/mapping`), { memberGroupIds });
    const preview = (resourceId: string, ...memberGroupIds: string[]) =>
      world.post(at(`/resources/${resourceId}/mapping/preview`), { memberGroupIds });

    beforeEach(async () => {
      world = current();
      integration = await world.integration();
    });

    describe('the list of resources', () => {
      it('starts with All users, then has each Group with its Users counted once, direct or nested', async () => {
        const [ana, bo] = [await world.user(integration, 'ana'), await world.user(integration, 'bo')];
        await world.user(integration, 'cy');
        const inner = await world.group(integration, 'Inner', [ana, bo]);
        const outer = await world.group(integration, 'Outer', [ana, inner]);
        const group = await world.memberGroup('Staff');
        await world.map(integration, outer, group);

        const { status, body } = await world.get(at('/resources'));
        expect(status).to.equal(200);
        expect(body).to.deep.equal({
          data: [
            { id: 'all_users', externalId: null, displayName: 'All users', kind: 'all_users', userCount: 3, memberGroupIds: [] },
            { id: inner, externalId: 'ext-Inner', displayName: 'Inner', kind: 'group', userCount: 2, memberGroupIds: [] },
            { id: outer, externalId: 'ext-Outer', displayName: 'Outer', kind: 'group', userCount: 2, memberGroupIds: [group] },
          ],
          hasNext: false,
          nextCursor: null,
        });
      });

      it('calls each Group of a source what the source calls it', async () => {
        const secrets = { clientId: 'me', clientSecret: 'right' };
        integration = (await world.post('/integrations', { kind: 'guesty', name: 'Flats', secrets })).body.id;
        for (const kind of ['listing', 'room', 'time_pass']) {
          world.source.put({ resourceType: 'Group', externalId: kind, displayName: `A ${kind}`, kind, members: null });
        }
        await world.scheduler.runDue('schedule');
        const { body } = await world.get(at('/resources'));
        expect(body.data.map(({ kind }: { kind: string }) => kind)).to.deep.equal(['listing', 'room', 'time_pass']);
      });

      it('keeps a mapping whose Group is gone in sight, as deleted and without Users', async () => {
        const [staff, guests] = [await world.memberGroup('Staff'), await world.memberGroup('Guests')];
        const gone = await world.group(integration, 'Gone', [await world.user(integration, 'ana')]);
        await world.map(integration, gone, staff, guests);
        await world.deleteGroup(integration, gone);
        const { body } = await world.get(at('/resources'));
        expect(body.data[1]).to.deep.include({ id: gone, displayName: 'Gone', kind: 'group', userCount: 0, deleted: true });
        expect(body.data[1].memberGroupIds).to.have.members([staff, guests]);
      });

      it('is the same list whatever the size of its pages', async () => {
        const staff = await world.memberGroup('Staff');
        for (const name of ['A', 'B', 'C']) await world.group(integration, name);
        for (const name of ['X', 'Y']) {
          const id = await world.group(integration, name);
          await world.map(integration, id, staff);
          await world.deleteGroup(integration, id);
        }
        const whole: Resource[] = (await world.get(at('/resources'))).body.data;
        expect(whole).to.have.length(6);
        for (const limit of [1, 2, 3, 5, 6]) {
          const seen: Resource[] = [];
          for (let cursor: string | null = ''; cursor !== null; ) {
            const { body }: { body: { data: Resource[]; hasNext: boolean; nextCursor: string | null } } = await world.get(
              at(`/resources?limit=${limit}&cursor=${cursor}`),
            );
            expect(body.hasNext).to.equal(body.nextCursor !== null);
            expect(body.data.length).to.be.within(1, limit);
            seen.push(...body.data);
            cursor = body.nextCursor;
          }
          expect(seen, `limit ${limit}`).to.deep.equal(whole);
        }
      });

      it('shows nothing of another integration', async () => {
        const other = await world.integration('Other');
        await world.group(other, 'Theirs', [await world.user(other, 'eve')]);
        const { body } = await world.get(at('/resources'));
        expect(body.data.map((resource: Resource) => [resource.displayName, resource.userCount])).to.deep.equal([['All users', 0]]);
      });
    });

    describe('a mapping', () => {
      it('has made the members by the time it is answered', async () => {
        const ana = await world.user(integration, 'ana');
        await world.user(integration, 'bo', { active: false });
        const staff = await world.memberGroup('Staff');
        const { status, body } = await mapping('all_users', staff);
        expect(status).to.equal(200);
        expect(body).to.deep.equal({ resourceId: 'all_users', displayName: 'All users', memberGroupIds: [staff], pending: 0 });
        const members = (await world.get('/members')).body.data;
        expect(members).to.have.length(1);
        expect(members[0].source).to.deep.include({ integrationId: integration, userId: ana });
        const member = (await world.get(`/members/${members[0].id}`)).body;
        expect(member.associations.map((one: { memberGroupId: string }) => one.memberGroupId)).to.deep.equal([staff]);
        expect(member.pins).to.have.length(1);
      });

      it('of more Users than one batch has made them all too', async () => {
        for (let n = 0; n < 70; n += 1) await world.user(integration, `user-${n}`);
        expect((await mapping('all_users', await world.memberGroup('Staff'))).body.pending).to.equal(0);
        expect(await world.count('members where ended_at is null')).to.equal(70);
      });

      it('reaches Users through nested Groups, and taken away ends their access at once', async () => {
        const inner = await world.group(integration, 'Inner', [await world.user(integration, 'ana')]);
        const outer = await world.group(integration, 'Outer', [inner]);
        const staff = await world.memberGroup('Staff');
        await world.map(integration, outer, staff);
        expect((await world.get('/members?status=active')).body.data).to.have.length(1);
        await world.map(integration, outer);
        expect((await world.get('/members?status=active')).body.data).to.have.length(0);
      });

      it('whose Group is gone can be taken away', async () => {
        const staff = await world.memberGroup('Staff');
        const gone = await world.group(integration, 'Gone');
        await world.map(integration, gone, staff);
        await world.deleteGroup(integration, gone);
        expect((await mapping(gone)).status).to.equal(200);
        expect((await world.get(at('/resources'))).body.data).to.have.length(1);
      });
    });

    describe('answers 409 for a Group that is gone', () => {
      it('when its mapping is to lead somewhere', async () => {
        const staff = await world.memberGroup('Staff');
        const gone = await world.group(integration, 'Gone');
        await world.map(integration, gone, staff);
        await world.deleteGroup(integration, gone);
        expect((await mapping(gone, staff, await world.memberGroup('More'))).status).to.equal(409);
      });
    });

    describe('answers 404', () => {
      it('for a resource that does not exist, or belongs to another integration', async () => {
        const staff = await world.memberGroup('Staff');
        const other = await world.integration('Other');
        const theirs = await world.group(other, 'Theirs');
        const [unknown, foreign] = [await mapping('11111111-1111-4111-8111-111111111111', staff), await mapping(theirs, staff)];
        expect([unknown.status, foreign.status]).to.deep.equal([404, 404]);
        expect(foreign.body).to.deep.equal(unknown.body);
        expect((await preview(theirs, staff)).status).to.equal(404);
        expect(await world.count('mappings')).to.equal(0);
      });

      it('for a member group that does not exist, and changes nothing', async () => {
        const staff = await world.memberGroup('Staff');
        expect((await mapping('all_users', staff, 'mg_nobody')).status).to.equal(404);
        expect((await preview('all_users', 'mg_nobody')).status).to.equal(404);
        expect(await world.count('mappings')).to.equal(0);
      });

      it('for an integration that does not exist', async () => {
        integration = 'int_nobody';
        expect((await mapping('all_users')).status).to.equal(404);
        expect((await world.get(at('/resources'))).status).to.equal(404);
      });
    });

    describe('answers 400', () => {
      it('for a body that names anything else', async () => {
        const { status, body } = await world.put(at('/resources/all_users/mapping'), { memberGroupIds: [], integrationId: 'int_other' });
        expect(status).to.equal(400);
        expect(body.errors).to.deep.equal([{ pointer: '/integrationId', detail: 'is not known' }]);
      });

      it('for a cursor that is none', async () => {
        const foreign = (await world.get('/member-groups?limit=1')).body.nextCursor ?? Buffer.from('member-groups:1').toString('base64url');
        for (const cursor of ['garbage', foreign, 'cmVzb3VyY2VzOnh4', '%00']) {
          expect((await world.get(at(`/resources?cursor=${cursor}`))).status, cursor).to.equal(400);
        }
      });
    });

    describe('a preview', () => {
      it('says what the mapping would do, and writes nothing', async () => {
        const [staff, guests] = [await world.memberGroup('Staff'), await world.memberGroup('Guests')];
        const [ana, bo] = [await world.user(integration, 'ana'), await world.user(integration, 'bo')];
        const group = await world.group(integration, 'Team', [ana, bo]);
        await world.user(integration, 'cy');
        expect((await preview('all_users', staff)).body).to.deep.equal({ created: 3, changed: 0, removed: 0 });
        await world.map(integration, group, staff);
        const events = await world.count('events');
        expect((await preview('all_users', staff)).body).to.deep.equal({ created: 1, changed: 0, removed: 0 });
        expect((await preview('all_users', guests)).body).to.deep.equal({ created: 1, changed: 2, removed: 0 });
        expect((await preview(group)).body).to.deep.equal({ created: 0, changed: 0, removed: 2 });
        expect((await preview(group, staff)).body).to.deep.equal({ created: 0, changed: 0, removed: 0 });
        expect(await world.count('events')).to.equal(events);
        expect(await world.count('members')).to.equal(2);
      });

      it('foretells exactly what then happens', async () => {
        const staff = await world.memberGroup('Staff');
        for (const name of ['ana', 'bo', 'cy']) await world.user(integration, name, { active: name !== 'bo' });
        const { created } = (await preview('all_users', staff)).body;
        await world.map(integration, 'all_users', staff);
        expect(await world.count('members')).to.equal(created);
      });
    });
  });
});

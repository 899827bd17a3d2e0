import { expect } from 'chai';
import { shift } from '../../../src/domain/time.js';
import { type AdminWorld, adminWorldOf, START } from '../../support/admin-world.js';
import { forEachEngine } from '../../support/engines.js';

interface Row {
  readonly userId: string;
  readonly displayName: string;
}

describe('admin API: the members of an integration', () => {
  forEachEngine((engine) => {
    const current = adminWorldOf(engine);
    let world: AdminWorld;
    let integration: string;
    const list = async (query = '') => (await world.get(`/integrations/${integration}/members${query}`)).body;
    const names = async (query: string) => (await list(query)).data.map(({ displayName }: Row) => displayName);

    beforeEach(async () => {
      world = current();
      integration = await world.integration();
    });

    it('are all its Users: those with a member, and those without it with the reason', async () => {
      const ana = await world.user(integration, 'ana', { externalId: 'r-1' });
      const bo = await world.user(integration, 'bo', { active: false });
      const late = await world.user(integration, 'cy', { access: { validUntil: shift(START, -1_000) } });
      const team = await world.group(integration, 'Team', [ana, late]);
      const outer = await world.group(integration, 'Outer', [team]);
      await world.map(integration, outer, await world.memberGroup('Staff'));
      const { data, hasNext } = await list();
      const memberId = (await world.get('/members')).body.data[0].id;
      const resources = [
        { id: team, displayName: 'Team', direct: true },
        { id: outer, displayName: 'Outer', direct: false },
      ];
      const base = { warnings: [], lastChangeAt: START };
      expect(data).to.deep.equal([
        {
          ...{ ...base, userId: ana, externalId: 'r-1', displayName: 'Name of ana', status: 'synced', skipReason: null },
          ...{ warnings: ['no_email'], memberId, resources },
        },
        {
          ...{ ...base, userId: bo, externalId: null, displayName: 'Name of bo', status: 'none', skipReason: 'inactive' },
          ...{ memberId: null, resources: [] },
        },
        {
          ...{ ...base, userId: late, externalId: null, displayName: 'Name of cy', status: 'none', skipReason: 'expired' },
          ...{ memberId: null, resources },
        },
      ]);
      expect(hasNext).to.equal(false);
    });

    it('are found by status, reason and text, whatever its case and signs', async () => {
      await world.user(integration, 'Ångström', { externalId: 'R%1' });
      await world.user(integration, 'bo', { active: false });
      await world.map(integration, 'all_users', await world.memberGroup('Staff'));
      expect(await names('?status=synced')).to.deep.equal(['Name of Ångström']);
      expect(await names('?status=none')).to.deep.equal(['Name of bo']);
      expect(await names('?reason=inactive')).to.deep.equal(['Name of bo']);
      expect(await names('?reason=expired')).to.deep.equal([]);
      expect(await names(`?search=${encodeURIComponent('åNGSTR')}`)).to.deep.equal(['Name of Ångström']);
      expect(await names('?search=NAME%20OF')).to.have.length(2);
      expect(await names('?search=r%251')).to.deep.equal(['Name of Ångström']);
      expect(await names('?search=%25')).to.deep.equal(['Name of Ångström']);
      expect(await names('?search=_')).to.deep.equal([]);
      expect((await world.get(`/integrations/${integration}/members?reason=because`)).status).to.equal(400);
    });

    it('are the same whatever the size of the pages', async () => {
      for (let n = 0; n < 5; n += 1) await world.user(integration, `user-${n}`);
      const whole = (await list()).data;
      const seen: Row[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: { data: Row[]; nextCursor: string | null } = await list(`?limit=2&cursor=${cursor}`);
        seen.push(...page.data);
        cursor = page.nextCursor;
      }
      expect(seen).to.deep.equal(whole);
    });

    it('are nobody of another integration', async () => {
      await world.user(await world.integration('Other'), 'eve');
      expect((await list()).data).to.deep.equal([]);
      expect((await world.get('/integrations/int_nobody/members')).status).to.equal(404);
    });
  });
});

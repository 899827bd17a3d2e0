import { expect } from 'chai';
import { USER_URN } from '../../../../src/domain/scim.js';
import { forEachEngine } from '../../../support/engines.js';
import { expectStillThere, hostileTable } from '../../../support/hostile.js';
import { QUERY_REQUESTS } from '../../../support/hostile/query.js';
import { type Connection, serverOf } from '../../../support/running-server.js';
import { resourcesIn, userNamesIn } from '../../../support/scim-client.js';

/** Words of other languages: each is a text like any other, so it matches who is called that and nobody else. */
const LITERALS = [
  `' OR 1=1 --`,
  `"; DROP TABLE users; --`,
  '%',
  '_',
  '\\',
  'a%b_c',
  '*)(uid=*))',
  '{"$gt":""}',
  '?',
  '$1',
  ':name',
  `a"b`,
  '\u{1F511}',
  'é',
  '[0-9]*',
  '/*x*/',
];

forEachEngine((engine) => {
  describe('hostile requests, D: filter, paging, sort, projection', () => {
    const server = serverOf(engine);
    let scim: Connection;
    before(async () => {
      scim = await server().connect();
      for (const name of [...LITERALS, 'ann', 'bob'])
        await scim.addUser(name, { title: `title ${name}`, emails: [{ value: 'x@x.example', type: 'work', display: name }] });
    });
    afterEach(() => expectStillThere(scim));

    hostileTable('one request each', QUERY_REQUESTS, async () => {
      const connection = await server().connect();
      return { connection, user: await connection.addUser('ann'), group: await connection.addGroup('Cleaners') };
    });

    for (const literal of LITERALS) {
      it(`D7/D8/D13 ${JSON.stringify(literal)} is a text, whatever compares it`, async () => {
        const quoted = JSON.stringify(literal);
        for (const text of [
          `userName eq ${quoted}`,
          `emails.display eq ${quoted}`,
          `emails[display eq ${quoted}]`,
          `title eq ${JSON.stringify(`title ${literal}`)}`,
        ]) {
          expect(userNamesIn(await scim.find('/Users', text)), text).to.deep.equal([literal]);
        }
        for (const operator of ['co', 'sw', 'ew']) {
          const found = userNamesIn(await scim.find('/Users', `userName ${operator} ${quoted}`));
          const wanted = [...LITERALS, 'ann', 'bob'].filter((name) =>
            operator === 'co' ? name.includes(literal) : operator === 'sw' ? name.startsWith(literal) : name.endsWith(literal),
          );
          expect(found, operator).to.have.members(wanted).and.to.have.length(wanted.length);
        }
      });
    }

    it('D12/L25 names and operators in any case', async () => {
      for (const text of [
        'UserName EQ "ANN"',
        'USERNAME eq "ann"',
        `${USER_URN.toUpperCase()}:USERNAME Eq "Ann"`,
        'NOT (userName NE "ann")',
      ]) {
        expect(userNamesIn(await scim.find('/Users', text)), text).to.deep.equal(['ann']);
      }
    });

    it('D13 an escaped NUL matches nobody, or is refused, and is no error of ours', async () => {
      for (const text of ['userName eq "a\\u0000b"', 'userName co "\\u0000"', 'userName eq "\\ud800"', 'title sw "\\udc00x"']) {
        const answer = await scim.find('/Users', text);
        expect(answer.status, answer.text).to.be.oneOf([200, 400]);
        if (answer.status === 200) expect(resourcesIn(answer), text).to.deep.equal([]);
      }
    });

    it('L32 an id that looks like a filter is an id that is not there', async () => {
      for (const id of ['x" or userName pr or id eq "y', '*', '%', '" or "1" eq "1', 'ann']) {
        expect((await scim.get(`/Users/${encodeURIComponent(id)}`)).status, id).to.equal(404);
      }
    });

    it('the longest and the widest filter that is allowed', async () => {
      expect((await scim.find('/Users', `userName eq "${'a'.repeat(4082)}"`)).status).to.equal(200);
      const many = Array.from({ length: 100 }, (_, index) => `(userName eq "${index}")`).join(' or ');
      expect((await scim.find('/Users', many)).status).to.equal(200);
      const deep = `${'('.repeat(31)}userName eq "ann"${')'.repeat(31)}`;
      expect(userNamesIn(await scim.find('/Users', deep))).to.deep.equal(['ann']);
    });
  });
});

import { expect } from 'chai';
import type { Database } from '../../src/db/database.js';
import type { Logger } from '../../src/domain/logger.js';
import { DatabaseUnavailable } from '../../src/errors.js';
import { RequestLog, type RequestRecord } from '../../src/integrations/request-log.js';
import { REQUESTS_KEPT } from '../../src/integrations/request-log-store.js';
import { forEachEngine } from '../support/engines.js';
import { T0, type World, worldOf } from '../support/world.js';

describe('request log', () => {
  forEachEngine((engine) => {
    const current = worldOf(engine);
    let world: World;
    let integrationId: string;
    let warned: string[];
    let log: RequestLog;
    beforeEach(async () => {
      world = current();
      integrationId = await world.integration();
      warned = [];
      log = new RequestLog(world.db, logger());
    });
    afterEach(() => log.stop());

    function logger(): Logger {
      const nothing = (): void => undefined;
      return { debug: nothing, info: nothing, error: nothing, warn: (message) => warned.push(message) };
    }
    const keep = (id: string, of = integrationId): void => {
      const record: RequestRecord = {
        ...{ id, integrationId: of, tokenId: 'st_1', at: T0, method: 'GET', path: '/scim/v2/Users', status: 200, scimType: null },
        ...{ detail: null, durationMs: 0.4, requestBytes: 0, responseBytes: 2, userAgent: null, requestBody: null, responseBody: '{}' },
      };
      log.keep(record);
    };
    const kept = async (of = integrationId): Promise<string[]> =>
      (await world.query<{ id: string }>('select id from request_log where integration_id = ? order by seq', of)).map(({ id }) => id);
    const name = (n: number): string => `req_${String(n).padStart(5, '0')}`;
    /** Has the database refuse transactions, and counts them. */
    function broken(error: Error): { readonly log: RequestLog; readonly repair: () => void; readonly tried: () => number } {
      let isBroken = true;
      let tried = 0;
      const db: Database = Object.create(world.db) as Database;
      Object.assign(db, {
        transaction: (...args: Parameters<Database['transaction']>) => {
          tried += 1;
          return isBroken ? Promise.reject(error) : world.db.transaction(...args);
        },
      });
      const repair = (): void => {
        isBroken = false;
      };
      return { log: new RequestLog(db, logger()), repair, tried: () => tried };
    }

    it('is written by itself, about a second later', async () => {
      keep(name(1));
      expect(await kept()).to.deep.equal([]);
      const deadline = performance.now() + 10_000;
      while ((await kept()).length === 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await kept()).to.deep.equal([name(1)]);
    });

    it('is written at the end, and in order', async () => {
      for (let n = 0; n < 130; n += 1) keep(name(n));
      await log.stop();
      expect(await kept()).to.deep.equal(Array.from({ length: 130 }, (_, n) => name(n)));
    });

    it('holds the last of each integration, and one that asks much takes nothing from another', async () => {
      const quiet = await world.integration();
      keep(name(90_000), quiet);
      for (let n = 0; n < REQUESTS_KEPT * 3 + 7; n += 1) keep(name(n));
      await log.flush();
      expect(await kept(), 'in one go').to.deep.equal(Array.from({ length: REQUESTS_KEPT }, (_, n) => name(REQUESTS_KEPT * 2 + 7 + n)));
      for (let n = 0; n < 10; n += 1) {
        keep(name(10_000 + n));
        await log.flush();
      }
      const after = await kept();
      expect(after).to.have.length(REQUESTS_KEPT);
      expect(after.at(-1)).to.equal(name(10_009));
      expect(await kept(quiet)).to.deep.equal([name(90_000)]);
    });

    it('waits for a database that is away, says so once, and holds no more than it would keep', async () => {
      const { log: other, repair } = broken(new DatabaseUnavailable());
      log = other;
      for (let n = 0; n < REQUESTS_KEPT * 2; n += 1) {
        keep(name(n));
        if (n % 100 === 0) await log.flush();
      }
      await log.flush();
      expect(warned).to.deep.equal(['requests could not be kept']);
      repair();
      await log.flush();
      expect(await kept()).to.deep.equal(Array.from({ length: REQUESTS_KEPT }, (_, n) => name(REQUESTS_KEPT + n)));
    });

    it('has a bound for all integrations together while nothing can be written', async () => {
      const { log: other, repair } = broken(new DatabaseUnavailable());
      log = other;
      const many = [];
      for (let n = 0; n < 8; n += 1) many.push(await world.integration());
      for (let n = 0; n < 1_600; n += 1) keep(name(n), many[n % 8]);
      repair();
      await log.flush();
      expect(await world.count('request_log')).to.equal(1_000);
    });

    it('gives up on what the database will never take, and goes on', async () => {
      const { log: other, repair, tried } = broken(new Error('no such table'));
      log = other;
      keep(name(1));
      await log.flush();
      await log.flush();
      expect(tried()).to.equal(1);
      repair();
      keep(name(2));
      await log.flush();
      expect(await kept()).to.deep.equal([name(2)]);
      expect(warned).to.have.length(1);
    });

    it('of an integration that is gone is dropped without a word, and that of others is kept', async () => {
      keep(name(1), 'int_gone');
      keep(name(2));
      await log.flush();
      expect(await kept()).to.deep.equal([name(2)]);
      expect(warned).to.deep.equal([]);
    });
  });
});

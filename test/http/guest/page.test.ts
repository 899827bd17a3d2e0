import { expect } from 'chai';
import supertest from 'supertest';
import { preferredLanguage } from '../../../src/http/guest/language.js';
import { forEachEngine } from '../../support/engines.js';
import { GuestHouse } from '../../support/guest-house.js';
import { serverOf } from '../../support/running-server.js';

describe('GET /m/{id}', () => {
  forEachEngine((engine) => {
    const server = serverOf(engine);
    const get = (path: string, language = 'en') => supertest(server().url).get(path).set('Accept-Language', language);

    it('is the same 200 for every id, with nothing of the link in it', async () => {
      const { linkId } = await new GuestHouse(server()).invite('Ann', {});
      const pages = await Promise.all([linkId, 'ml_unknown', 'x', '%00', '%zz', 'a%2Fb'].map((id) => get(`/m/${id}`)));
      for (const { status, text } of pages) expect([status, text]).to.deep.equal([200, pages[0]?.text]);
      expect(pages[0]?.text).to.contain('<title>Your doors</title>');
    });

    it('lets nothing in but its own files, and is kept and found by nobody', async () => {
      const { headers, text } = await get('/m/ml_x');
      const policy = String(headers['content-security-policy']);
      expect(policy)
        .to.match(/^default-src 'none';/)
        .and.not.match(/unsafe|https?:|\*|data:/);
      expect(policy).to.contain("frame-ancestors 'none'").and.contain("base-uri 'none'").and.contain("form-action 'none'");
      expect(headers).to.deep.include({
        ...{ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-robots-tag': 'noindex, nofollow' },
        ...{ 'content-type': 'text/html; charset=utf-8', vary: 'Accept-Language', 'x-content-type-options': 'nosniff' },
      });
      expect(headers['set-cookie']).to.equal(undefined);
      expect(text).not.to.match(/<script>|<style|style=|\son[a-z]+=|https?:/);
    });

    it('names files that are there, for ever under this name', async () => {
      const { text } = await get('/m/ml_x');
      const paths = [...text.matchAll(/(?:src|href)="(\/guest\/[^"]+)"/g)].map(([, path = '']) => path);
      expect(paths.map((path) => path.split('/').at(-1))).to.include.members(['page.js', 'page.css', 'icon.svg']);
      const [, folder = ''] = /^(\/guest\/[0-9a-f]{16}\/)/.exec(paths[0] ?? '') ?? [];
      const { text: script } = await supertest(server().url).get(`${folder}page.js`).buffer(true);
      const imported = [...script.matchAll(/from '\.\/([^']+)'/g)].map(([, name = '']) => `${folder}${name}`);
      expect(imported).to.have.length.above(1);
      for (const path of [...paths, ...imported]) {
        const { status, headers } = await supertest(server().url).get(path);
        expect([status, headers['cache-control']], path).to.deep.equal([200, 'public, max-age=31536000, immutable']);
      }
      for (const path of ['/guest/page.js', `${folder}tsconfig.json`, `${folder}..%2Fpackage.json`]) {
        expect((await supertest(server().url).get(path)).status, path).to.equal(404);
      }
    });

    it('speaks the language that is chosen, else the one preferred', async () => {
      const languageOf = async (path: string, preferred: string) => (await get(path, preferred)).headers['content-language'];
      expect(await languageOf('/m/x', 'de-CH, en;q=0.5')).to.equal('de');
      expect(await languageOf('/m/x?lang=pt', 'de')).to.equal('pt');
      expect(await languageOf('/m/x?lang=xx', 'it')).to.equal('it');
      expect(await languageOf('/m/x?lang=fr&lang=es', 'it')).to.equal('it');
    });
  });
});

describe('the preferred language', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', 'en'],
    ['es', 'es'],
    ['ja, fr;q=0.2', 'fr'],
    ['en;q=0.1, de;q=0.9', 'de'],
    ['de;q=0.5, it;q=0.5', 'de'],
    ['PT-br', 'pt'],
    ['fr;q=0, *', 'en'],
    ['en;q=0, *;q=0.5', 'es'],
    ['de;q=x, it;q=0.1', 'it'],
    ['zh-Hans-CN', 'en'],
    [`${'xx,'.repeat(10_000)}de`, 'en'],
    [', ;q=1,;;', 'en'],
  ];
  for (const [header, language] of cases) {
    it(`is ${language} for "${header.slice(0, 40)}"`, () => {
      expect(preferredLanguage(header)).to.equal(language);
    });
  }
});

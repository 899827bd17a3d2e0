import { expect } from 'chai';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { GUEST_LANGUAGES } from '../../src/domain/guest-page.js';
import { OPEN_WINDOW, shift, type Window } from '../../src/domain/time.js';
import { GUEST_TEXTS } from '../../src/guest/texts.js';
import { axeViolations, browserOf, type WatchedPage } from '../support/browser.js';
import { forEachEngine } from '../support/engines.js';
import { FREE, GuestHouse, type Invitation, PlayedController } from '../support/guest-house.js';
import { serverOf, T0, type TestServer } from '../support/running-server.js';

const HOUR = 3_600_000;
const STAY: Window = { startsAt: shift(T0, -HOUR), endsAt: shift(T0, 44 * HOUR) };
const en = GUEST_TEXTS.en;

/** In a real browser, as a guest has it. On one engine: what differs between them lies below HTTP. */
describe('the guest page', function () {
  this.timeout(120_000);

  forEachEngine((engine) => {
    if (engine.name === 'postgres') return;
    const current = serverOf(engine);
    const browser = browserOf();
    let server: TestServer;
    let house: GuestHouse;
    let controller: PlayedController;
    let doors: string[];
    let group: string;

    before(async () => {
      server = current();
      house = new GuestHouse(server);
      const site = await house.site('Casa Azul', 'Europe/Lisbon', ['Front door', 'Room 12', 'Roof terrace']);
      doors = site.doors;
      const [front = '', room = '', roof = ''] = doors;
      const evenings = Array.from({ length: 7 }, (_, day) => [{ from: '18:00', to: day > 3 ? '23:30' : '22:00' }]);
      const schedule = await house.schedule('Evenings', evenings);
      group = await house.group('Room 12', [
        { ...FREE, siteId: null, doorId: front },
        { ...FREE, siteId: null, doorId: room },
        { ...FREE, siteId: null, doorId: roof, scheduleId: schedule },
      ]);
      controller = new PlayedController(house, doors);
      await controller.start();
    });
    beforeEach(() => {
      controller.answer = 'opened';
    });
    after(() => controller.stop());

    const urlOf = ({ linkId, secret }: Pick<Invitation, 'linkId' | 'secret'>, query = '') => `${server.url}/m/${linkId}${query}#${secret}`;
    const visit = (guest: Pick<Invitation, 'linkId' | 'secret'>, options: BrowserContextOptions = {}, query = '') =>
      browser.open(urlOf(guest, query), options);
    const card = (page: Page, door: string) =>
      page.locator('.door').filter({ has: page.getByRole('heading', { name: door, exact: true }) });
    const openButton = (page: Page, door: string) => page.getByRole('button', { name: `Open ${door}`, exact: true });
    const clean = ({ foreign, complaints }: WatchedPage, expected: readonly RegExp[] = []) => {
      expect(foreign).to.deep.equal([]);
      expect(complaints.filter((line) => !expected.some((pattern) => pattern.test(line)))).to.deep.equal([]);
    };
    /** The browser itself says so of every 403. */
    const REFUSAL = /status of 403/;
    /** For somebody to look at: `GUEST_PAGE_SCREENSHOTS` names a folder. */
    const keep = async (page: Page, name: string, fullPage = true) => {
      const folder = process.env['GUEST_PAGE_SCREENSHOTS'];
      if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage });
    };

    it('opens a door that is mapped for the guest, and says so', async () => {
      const guest = await house.invite('Ana Souza', { [group]: STAY });
      const watched = await visit(guest);
      const { page } = watched;
      await page.getByRole('heading', { name: 'Hello, Ana Souza' }).waitFor();
      expect(await page.locator('.door h3').allTextContents()).to.deep.equal(['Front door', 'Roof terrace', 'Room 12']);
      expect(await card(page, 'Front door').locator('.when').textContent()).to.match(
        /^You can open it until Sun,? 3 May,? (at )?09:00 \(Lisbon\stime\)$/,
      );
      expect(await card(page, 'Roof terrace').locator('.when').textContent()).to.match(
        /^You can open it from Fri,? 1 May,? (at )?18:00 \(Lisbon\stime\)$/,
      );
      expect(await card(page, 'Roof terrace').locator('dd').allTextContents()).to.include('Fri–Sun 18:00–23:30');
      await openButton(page, 'Front door').click();
      await card(page, 'Front door').getByRole('status').filter({ hasText: en.opened }).waitFor();
      expect((await house.uses([doors[0] ?? ''])).at(-1)).to.equal('ok granted');
      clean(watched);
      await keep(page, 'opened');
    });

    it('takes the secret out of the address bar, and works after a reload and in another language', async () => {
      const guest = await house.invite('Ana Souza', { [group]: STAY });
      const watched = await visit(guest);
      const { page } = watched;
      await page.getByRole('heading', { name: 'Hello, Ana Souza' }).waitFor();
      expect(page.url()).to.equal(`${server.url}/m/${guest.linkId}`);
      await page.reload();
      await page.getByRole('heading', { name: 'Hello, Ana Souza' }).waitFor();
      await page.getByRole('link', { name: 'Deutsch' }).click();
      await page.getByRole('heading', { name: 'Hallo, Ana Souza' }).waitFor();
      expect(page.url()).to.equal(`${server.url}/m/${guest.linkId}?lang=de`);
      expect(await page.locator('.when').first().textContent()).to.match(/\(Ortszeit\sLissabon\)$/);
      clean(watched);
    });

    it('denies one second before the start and at the end, with the reason, and opens between', async () => {
      const window = { startsAt: shift(T0, 60_000), endsAt: shift(T0, 120_000) };
      const guest = await house.invite('Ben', { [group]: window });
      server.setTime(shift(window.startsAt, -1000));
      const watched = await visit(guest);
      const { page } = watched;
      const results: (string | null)[] = [];
      const status = card(page, 'Front door').getByRole('status');
      for (const [at, text] of [
        [server.now, en.deniedBefore],
        [window.startsAt, en.opened],
        [shift(window.endsAt, -1), en.opened],
        [window.endsAt, en.deniedAfter],
      ] as const) {
        server.setTime(at);
        await card(page, 'Front door').getByRole('button').click();
        await status.filter({ hasText: text }).waitFor();
        results.push(await status.textContent());
      }
      expect(results).to.deep.equal([en.deniedBefore, en.opened, en.opened, en.deniedAfter]);
      await card(page, 'Front door').getByText(en.ended, { exact: true }).waitFor();
      expect((await house.uses([doors[0] ?? ''])).slice(-4)).to.deep.equal([
        'denied before_window',
        'ok granted',
        'ok granted',
        'denied after_window',
      ]);
      clean(watched);
    });

    it('says what became of a press that did not open', async () => {
      const guest = await house.invite('Cyd', { [group]: STAY });
      const watched = await visit(guest);
      const status = card(watched.page, 'Room 12').getByRole('status');
      controller.answer = 'failed';
      await openButton(watched.page, 'Room 12').click();
      await status.filter({ hasText: en.failed }).waitFor();
      await openButton(watched.page, 'Roof terrace').click();
      await card(watched.page, 'Roof terrace').getByRole('status').filter({ hasText: en.deniedSchedule }).waitFor();
      clean(watched);
      await keep(watched.page, 'results');
    });

    it('sends one command for a double tap', async () => {
      const guest = await house.invite('Dee', { [group]: STAY });
      const { page } = await visit(guest);
      controller.answer = null;
      const before = await house.commands(doors[0] ?? '');
      await openButton(page, 'Front door').dblclick();
      await page.getByRole('button', { name: `${en.opening} Front door` }).waitFor();
      controller.answer = 'opened';
      while ((await house.commands(doors[0] ?? '')) === before) await page.evaluate('0');
      controller.look();
      await card(page, 'Front door').getByRole('status').filter({ hasText: en.opened }).waitFor();
      expect(await house.commands(doors[0] ?? '')).to.equal(before + 1);
    });

    it('shows the calm page, the title focused, once the link is revoked', async () => {
      const guest = await house.invite('Eve', { [group]: STAY });
      const watched = await visit(guest);
      const { page } = watched;
      await openButton(page, 'Front door').waitFor();
      await house.revoke(guest);
      await openButton(page, 'Front door').click();
      await page.getByRole('heading', { name: en.refusedTitle }).waitFor();
      expect(await page.evaluate('document.activeElement.tagName')).to.equal('H1');
      expect(await page.getByRole('button').count()).to.equal(0);
      clean(watched, [REFUSAL]);
    });

    it('is the same page for a link that is early, over, revoked or unknown, and without a secret', async () => {
      const early = await house.invite('Fay', { [group]: OPEN_WINDOW }, { startsAt: shift(T0, 1), endsAt: null });
      const over = await house.invite('Gus', { [group]: OPEN_WINDOW }, { startsAt: null, endsAt: T0 });
      const revoked = await house.invite('Hal', { [group]: STAY });
      await house.revoke(revoked);
      const unknown = { linkId: 'ml_unknown', secret: 'A'.repeat(32) };
      const seen = new Set<string>();
      for (const guest of [early, over, revoked, unknown, { linkId: 'ml_unknown', secret: '' }]) {
        const watched = await visit(guest);
        await watched.page.getByRole('heading', { name: en.refusedTitle }).waitFor();
        seen.add(await watched.page.locator('body').innerHTML());
        clean(watched, [REFUSAL]);
      }
      expect(seen).to.have.length(1);
    });

    it('is done by keyboard alone', async () => {
      const guest = await house.invite('Ida', { [group]: STAY });
      const { page } = await visit(guest);
      await openButton(page, 'Front door').waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).to.equal('Open Front door');
      await page.keyboard.press('Enter');
      await card(page, 'Front door').getByRole('status').filter({ hasText: en.opened }).waitFor();
      expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).to.equal(`${en.opened} Front door`);
      for (let n = 0; n < 3; n += 1) await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.lang')).to.equal('en');
    });

    it('has buttons that a thumb finds, and fits 320 pixels, which is a phone at 200 percent', async () => {
      const guest = await house.invite('Jim', { [group]: STAY });
      const { page } = await visit(guest, { viewport: { width: 320, height: 640 } });
      await openButton(page, 'Front door').waitFor();
      for (const button of await page.locator('.door button').all()) expect((await button.boundingBox())?.height).to.be.at.least(48);
      for (const link of await page.locator('.languages a').all()) expect((await link.boundingBox())?.height).to.be.at.least(44);
      expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(320);
      await keep(page, 'narrow');
    });

    it('explains itself without JavaScript', async () => {
      const { page } = await visit(await house.invite('Kim', { [group]: STAY }), { javaScriptEnabled: false });
      expect(await page.locator('noscript').textContent()).to.equal(en.noScript);
      expect(await page.getByText(en.loading).isVisible()).to.equal(false);
    });

    for (const [index, language] of GUEST_LANGUAGES.entries()) {
      const colorScheme = index % 2 === 0 ? 'light' : 'dark';
      it(`has nothing that axe finds in ${language}, ${colorScheme}`, async () => {
        const guest = await house.invite('Ana Souza', { [group]: STAY });
        const texts = GUEST_TEXTS[language];
        const phone = { viewport: { width: 360, height: 740 }, locale: language, colorScheme } as const;
        const watched = await visit(guest, phone);
        const { page } = watched;
        await page.getByRole('heading', { name: texts.hello.replace('{name}', 'Ana Souza') }).waitFor();
        expect(await page.evaluate('document.documentElement.lang')).to.equal(language);
        await page.getByRole('button', { name: texts.openDoor.replace('{door}', 'Front door') }).click();
        await page.getByRole('status').filter({ hasText: texts.opened }).waitFor();
        expect(await axeViolations(page)).to.deep.equal([]);
        clean(watched);
        await keep(page, `phone-${language}-${colorScheme}`);
        await page.evaluate('scrollTo(0, 0)');
        await keep(page, `screen-${language}-${colorScheme}`, false);
        await page.setViewportSize({ width: 320, height: 640 });
        expect(await page.evaluate('document.documentElement.scrollWidth'), 'no text is wider than the page').to.equal(320);
        expect(
          await page.evaluate(
            "[...document.querySelectorAll('.door *')].filter((one) => one.scrollWidth > one.clientWidth && one.clientWidth > 1).length",
          ),
        ).to.equal(0);
        await keep(page, `narrow-${language}-${colorScheme}`);
      });
    }

    for (const colorScheme of ['light', 'dark'] as const) {
      it(`has nothing that axe finds wide and ${colorScheme}, with doors, and where nothing opens`, async () => {
        const guest = await house.invite('Ana Souza', { [group]: STAY });
        const wide = { viewport: { width: 1280, height: 800 }, colorScheme };
        const { page } = await visit(guest, wide);
        await openButton(page, 'Front door').waitFor();
        await openButton(page, 'Roof terrace').click();
        await page.getByText(en.deniedSchedule).waitFor();
        expect(await axeViolations(page)).to.deep.equal([]);
        await keep(page, `wide-${colorScheme}`);
        await house.revoke(guest);
        const refused = await visit(guest, { ...wide, viewport: { width: 360, height: 740 } });
        await refused.page.getByRole('heading', { name: en.refusedTitle }).waitFor();
        expect(await axeViolations(refused.page)).to.deep.equal([]);
        await keep(refused.page, `refused-${colorScheme}`);
        // And it would find something.
        await refused.page.evaluate("document.querySelector('main').append(document.createElement('button'))");
        expect((await axeViolations(refused.page)).join()).to.match(/^button-name: /);
      });
    }

    it('is let alone by what looks at links before people do', async () => {
      const guest = await house.invite('Lea', { [group]: STAY });
      const path = `${server.url}/m/${guest.linkId}`;
      const tables = ['guest_sessions', 'door_commands', 'events'];
      const before = await Promise.all(tables.map((table) => server.count(table)));
      for (let n = 0; n < 50; n += 1) {
        for (const method of ['HEAD', 'GET', 'OPTIONS']) {
          await fetch(path, { method });
        }
      }
      for (const url of [`${path}/session`, `${path}/doors/${doors[0]}/open`]) {
        for (const method of ['HEAD', 'GET', 'OPTIONS']) {
          await fetch(url, { method });
        }
      }
      expect(await Promise.all(tables.map((table) => server.count(table)))).to.deep.equal(before);
      const { page } = await visit(guest);
      await openButton(page, 'Front door').click();
      await card(page, 'Front door').getByRole('status').filter({ hasText: en.opened }).waitFor();
    });
  });
});

import { expect } from 'chai';
import { sampleHotel } from '../../sandbox/cloudbeds/sample.js';
import { CloudbedsSandbox } from '../../sandbox/cloudbeds/sandbox.js';
import { axeViolations, browserOf } from '../support/browser.js';

describe('the control page of a simulated system', () => {
  const browser = browserOf();
  let sandbox: CloudbedsSandbox;
  before(async () => {
    sandbox = await new CloudbedsSandbox().start();
    sampleHotel(sandbox);
  });
  after(() => sandbox.stop());

  const open = (colorScheme: 'light' | 'dark', width: number) =>
    browser.open(`${sandbox.server.url}/_control`, { colorScheme, viewport: { width, height: 800 } });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing that axe objects to when it is ${colorScheme}, and asks for nothing elsewhere`, async () => {
      const { page, foreign, complaints } = await open(colorScheme, 1280);
      expect(await axeViolations(page)).to.deep.equal([]);
      expect([...foreign, ...complaints]).to.deep.equal([]);
    }).timeout(30_000);
  }

  it('does what its buttons say and tells what became of it, on a phone too', async () => {
    const { page, complaints } = await open('light', 375);
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(375);
    expect(await page.getByRole('button', { name: 'Cancel a door key' }).isDisabled(), 'there is no key').to.equal(true);
    const cells = page.getByRole('region', { name: 'Room stays' }).getByRole('row').filter({ hasText: 'Ada Park' });
    expect(await cells.textContent()).to.contain('checked_in');

    await page.getByRole('button', { name: 'Check out', exact: true }).press('Enter');
    await page.getByRole('status').waitFor();

    expect(await page.getByRole('status').textContent()).to.match(/^Check out: done/);
    expect(await cells.textContent()).to.contain('checked_out');
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(375);
    expect(complaints).to.deep.equal([]);
  }).timeout(30_000);
});

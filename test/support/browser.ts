import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type Chromium, packagedChromium } from './packaged-chromium.js';

const SYSTEM_CHROMIUM = '/usr/bin/chromium';
const START_WITHIN_MS = 120_000;

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** A page with everything that must not happen on it. */
export interface WatchedPage {
  readonly page: Page;
  /** Requests to anywhere but the server under test, as they were made. */
  readonly foreign: string[];
  /** Errors of the console, refusals of the content security policy among them, and errors of scripts. */
  readonly complaints: string[];
}

/** One browser for all tests of the surrounding `describe`; each page has a profile of its own, closed after its test. */
export function browserOf(): { open(url: string, options?: BrowserContextOptions): Promise<WatchedPage> } {
  let browser: Browser | undefined;
  const pages: WatchedPage[] = [];
  before(async function () {
    this.timeout(START_WITHIN_MS);
    const found = findChromium();
    if (found === null) return this.skip();
    // Chromium's own sandbox does not work for root.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ ...found, env: { ...(process.env as Record<string, string>), ...found.env }, args });
  });
  afterEach(async () => {
    for (const { page } of pages.splice(0)) await page.context().close();
  });
  after(() => browser?.close());

  const open = async (url: string, options: BrowserContextOptions = {}): Promise<WatchedPage> => {
    if (browser === undefined) throw new Error('no browser outside a test');
    const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-GB', ...options });
    const page = await context.newPage();
    const watched: WatchedPage = { page, foreign: [], complaints: [] };
    pages.push(watched);
    const { origin } = new URL(url);
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) watched.foreign.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') watched.complaints.push(message.text());
    });
    page.on('pageerror', (error) => watched.complaints.push(error.message));
    await page.goto(url);
    return watched;
  };
  return { open };
}

/** What axe finds wrong with the page as it stands, one line each. Text that has no height would hide everything from it. */
export async function axeViolations(page: Page): Promise<string[]> {
  expect((await page.locator('h1').boundingBox())?.height, 'the height of the h1: are there fonts?').to.be.greaterThan(10);
  await page.evaluate(axeSource);
  const found: string[] = await page.evaluate(
    `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(({ violations, passes }) => {
      if (passes.length === 0) return ['axe looked at nothing'];
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary));
    })`,
  );
  return found;
}

/** The first Chromium there is. null where there is none: said loudly on a developer's machine, an error where `CI` is set. */
function findChromium(): Chromium | null {
  const given = process.env['LATCHKEY_CHROMIUM'];
  if (given !== undefined && given !== '') return { executablePath: given, env: {} };
  if (existsSync(SYSTEM_CHROMIUM)) return { executablePath: SYSTEM_CHROMIUM, env: {} };
  const packaged = packagedChromium();
  if (packaged !== null) return packaged;
  const message = 'No Chromium: set LATCHKEY_CHROMIUM, install chromium, or install the optional dependency @sparticuz/chromium.';
  if (process.env['CI'] !== undefined && process.env['CI'] !== '' && process.env['CI'] !== 'false') throw new Error(message);
  process.stderr.write(`\n*** ${message}\n*** EVERY TEST IN A BROWSER IS SKIPPED.\n\n`);
  return null;
}

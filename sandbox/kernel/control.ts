import type { IRouter, Request, Response } from 'express';
import { pageOf } from './control-page.js';
import { type ControlAction, type ControlPanel, Given, type Outcome } from './control-panel.js';
import { formOf, jsonOf } from './server.js';

/**
 * The control of a simulated system: `GET /_control` is a page with a form for each action, `POST /_control/<action>` takes
 * JSON or a form and answers JSON, or the page to who asks for HTML.
 */
export function mountControl(app: IRouter, panel: ControlPanel): void {
  let last: Outcome | null = null;
  app.get('/_control', (_request, response) => sendPage(response, 200, panel, last));
  app.post('/_control/:action', async (request, response) => {
    const wantsPage = request.accepts(['json', 'html']) === 'html';
    if (!isFromHere(request)) return void response.status(403).json({ error: 'this form stands on another page' });
    const action = panel.actions.find(({ name }) => name === request.params['action']);
    if (action === undefined) {
      return void response.status(404).json({ error: 'no such action', actions: panel.actions.map(({ name }) => name) });
    }
    const { ok, result } = await perform(action, givenIn(request), panel);
    last = { label: action.label ?? action.name, ok, text: textOf(result) };
    if (wantsPage && ok) response.redirect(303, '/_control');
    else if (wantsPage) sendPage(response, 400, panel, last);
    else if (ok) response.json({ result });
    else response.status(400).json({ error: result });
  });
}

async function perform(
  action: ControlAction,
  given: Given,
  panel: ControlPanel,
): Promise<{ readonly ok: boolean; readonly result: unknown }> {
  try {
    const result = (await action.run(given)) ?? null;
    await panel.settled?.();
    return { ok: true, result };
  } catch (error) {
    return { ok: false, result: error instanceof Error ? error.message : 'it did not work' };
  }
}

function givenIn(request: Request): Given {
  if (request.is('application/x-www-form-urlencoded') !== false) return new Given(formOf(request));
  const body = jsonOf(request);
  return new Given(new Map(typeof body === 'object' && body !== null ? Object.entries(body) : []));
}

/** A page of the web must not press buttons here: browsers say where a form stands, and other programs say nothing. */
function isFromHere({ headers }: Request): boolean {
  const { origin, host } = headers;
  return origin === undefined || (origin === `http://${host}` && /^(?:127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(host ?? ''));
}

function sendPage(response: Response, status: number, panel: ControlPanel, last: Outcome | null): void {
  const { html, policy } = pageOf(panel, last);
  response.status(status).type('html').setHeader('content-security-policy', policy);
  response
    .setHeader('x-content-type-options', 'nosniff')
    .setHeader('cache-control', 'no-store')
    .setHeader('referrer-policy', 'same-origin');
  response.send(html);
}

function textOf(result: unknown): string {
  if (result === null || result === undefined) return 'Done.';
  if (typeof result !== 'object') return String(result);
  const entries = Object.entries(result);
  const isFlat = !Array.isArray(result) && entries.every(([, value]) => typeof value !== 'object' || value === null);
  return isFlat ? entries.map(([name, value]) => `${name}: ${value}`).join('\n') : JSON.stringify(result, null, 1);
}

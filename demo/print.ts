import { fields, type Paint, plain, table } from '../src/cli/text.js';
import type { Access, Line, Shared } from './access.js';
import type { Shown } from './business.js';
import type { Connected } from './connect.js';

const HEAD = ['MEMBER', 'MAY ENTER', 'WHEN'];
/** Texts longer than this are cut, so that a line fits into 100 columns. */
const WIDTHS = { name: 15, where: 32 };

/** Where everything is. */
export interface Places {
  readonly url: string;
  readonly apiToken: string;
  readonly scimToken: string;
}

/** One business: how its people came, who may enter what, and one PIN and link. */
export function businessText(paint: Paint, shown: Shown, story: string, { lines, warnings, shared }: Access): string {
  const title = `${paint.bold(paint.cyan(shown.name))} ${paint.dim(`· ${shown.system} · times of ${shown.zone}`)}`;
  const head = [shown.person.toUpperCase(), ...HEAD];
  const cells = lines.map(({ name, status, where, when }) => [cut(name, WIDTHS.name), status, cut(where, WIDTHS.where), when]);
  const [heading = '', ...rows] = table(paint, head, cells, 'Nobody.').split('\n');
  const notes = warnings.map((warning) => paint.yellow(`! ${plain(warning)}`));
  return [title, paint.dim(story), '', heading, ...rows.map((row, index) => coloured(paint, row, lines[index])), ...notes]
    .concat(shared === null ? [] : credentials(paint, shared))
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n')
    .replace(/^ {2}/, '');
}

/** What the admin of a pulled business did, in a sentence. */
export function storyOf({ business, imported, resources, mapped, promised, touched }: Connected): string {
  const came = `Imported ${imported} ${business.person}s, ${resources} ${business.resources}.`;
  return `${came} Mapped ${mapped}, for ${promised} members. Synced again: ${touched === 0 ? 'no change' : `${touched} changed`}.`;
}

/** Where to look further, and what to try. */
export function furtherText(paint: Paint, { url, apiToken, scimToken }: Places, connected: readonly Connected[]): string {
  const pages = connected.map(({ business, played }) => [business.name, `${played.url}/_control`] as const);
  const trials = connected.flatMap(({ played: { url: at, trial } }) => [
    paint.dim(`  # ${trial.what}`),
    `  curl ${Object.entries(trial.fields)
      .map(([name, value]) => `-d ${name}=${value}`)
      .join(' ')} ${at}/_control/${trial.action}`,
  ]);
  const [first] = connected;
  return [
    paint.bold('Where to look'),
    indented(
      fields(paint, [
        ['API', `${url}/api/v1`],
        ['API token', apiToken],
        ['SCIM base URL', `${url}/scim/v2`],
        ['SCIM token', scimToken],
      ]),
    ),
    '',
    `${paint.bold('What can happen there')}${paint.dim(': a page of buttons for each system')}`,
    indented(fields(paint, pages)),
    '',
    `${paint.bold('Try')}${paint.dim(': somebody does something there, and the access follows within seconds, by webhook')}`,
    ...trials,
    paint.dim('  # and see'),
    `  export AUTH="Authorization: Bearer ${apiToken}"`,
    ...(first === undefined ? [] : [`  curl -H "$AUTH" ${url}/api/v1/integrations/${first.integrationId}/members`]),
    `  curl -H "$AUTH" "${url}/api/v1/events?limit=5"`,
  ].join('\n');
}

function credentials(paint: Paint, { name, pin, link }: Shared): string[] {
  const who = paint.bold(plain(name));
  if (pin === null) return link === null ? [] : [`${who} opens with the Magic Link`, link];
  return [`${who} opens with the PIN ${paint.bold(pin)}${link === null ? '' : ' or the Magic Link'}`, ...(link === null ? [] : [link])];
}

function coloured(paint: Paint, row: string, line: Line | undefined): string {
  if (line?.status === 'skipped') return paint.dim(row);
  if (line?.status === 'active') return row.replace(' active', ` ${paint.green('active')}`);
  return line?.status === 'upcoming' ? row.replace(' upcoming', ` ${paint.cyan('upcoming')}`) : row;
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

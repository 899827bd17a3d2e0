import { fields, type Paint } from '../src/cli/text.js';
import type { Shared } from './access.js';
import type { Connected } from './connect.js';
import type { Furnished } from './doors.js';

/** Where everything is. */
export interface Places {
  readonly url: string;
  readonly apiToken: string;
  readonly scimToken: string;
  readonly sites: readonly Furnished[];
}

/** Somebody who has a PIN, and a door that it opens. */
export interface Visitor {
  readonly site: Furnished;
  readonly door: string;
  readonly shared: Shared;
}

/** More names than fit here are only counted, so that a line fits into 100 columns. */
const DOORS_WIDTH = 40;

/** Where to look further, and what to try. */
export function furtherText(paint: Paint, places: Places, connected: readonly Connected[], visitor: Visitor | null): string {
  const { url, apiToken, scimToken, sites } = places;
  const systems = connected.map(({ business, played }) => [business.name, `${played.url}/_control`] as const);
  const pages = sites.map(({ name, doors, url: at }) => {
    return [name, `${at}/_control  ${fitting(doors.map(({ plan }) => plan.name))}`] as const;
  });
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
    heading(paint, 'The systems', 'a page of buttons for each, with what can happen there'),
    indented(fields(paint, systems)),
    '',
    heading(paint, 'The doors', 'the same for the controller of each site'),
    indented(fields(paint, pages)),
    '',
    ...(visitor === null ? [] : [...doorTrials(paint, visitor), '']),
    heading(paint, 'Try the systems', 'the access follows within a second, by webhook'),
    ...systemTrials(paint, connected),
    paint.dim('  # and see who may enter, and what happened'),
    `  export AUTH="Authorization: Bearer ${apiToken}"`,
    ...(first === undefined ? [] : [`  curl -H "$AUTH" ${url}/api/v1/integrations/${first.integrationId}/members`]),
    `  curl -H "$AUTH" "${url}/api/v1/events?limit=5"`,
  ].join('\n');
}

function doorTrials(paint: Paint, { site, door, shared: { name, pin, link } }: Visitor): string[] {
  const page = `${site.url}/_control`;
  return [
    heading(paint, 'Try the doors', `${name} stands before ${door} of ${site.name}`),
    paint.dim(link === null ? '  # types the PIN' : '  # opens the link above in a browser and presses a button, or types the PIN'),
    `  curl -d door="${door}" -d pin=${pin ?? ''} ${page}/pin`,
    paint.dim('  # the line is cut: the controller decides by its list, the link gets no answer'),
    `  curl -X POST ${page}/cut`,
    paint.dim('  # the line is back: the controller tells what happened meanwhile'),
    `  curl -X POST ${page}/restore`,
  ];
}

function systemTrials(paint: Paint, connected: readonly Connected[]): string[] {
  return connected.flatMap(({ played: { url, trial } }) => [
    paint.dim(`  # ${trial.what}`),
    `  curl ${Object.entries(trial.fields)
      .map(([name, value]) => `-d ${name}=${value}`)
      .join(' ')} ${url}/_control/${trial.action}`,
  ]);
}

function fitting(names: readonly string[]): string {
  let count = names.length;
  while (count > 1 && names.slice(0, count).join(', ').length > DOORS_WIDTH) count -= 1;
  const rest = names.length - count;
  return `${names.slice(0, count).join(', ')}${rest === 0 ? '' : `, ${rest} more`}`;
}

function heading(paint: Paint, title: string, more: string): string {
  return `${paint.bold(title)}${paint.dim(`: ${more}`)}`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

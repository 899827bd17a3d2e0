import { fields, type Paint, plain, table } from '../src/cli/text.js';
import type { Access, Line, Shared } from './access.js';
import type { Shown } from './business.js';
import type { Connected } from './connect.js';

const HEAD = ['MEMBER', 'MAY ENTER', 'WHEN'];
/** Texts longer than this are cut, so that a line fits into 100 columns. */
const WIDTHS = { name: 15, where: 32 };

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

/** What somebody has in hand, and what it is good for. */
function credentials(paint: Paint, { name, pin, link, opens }: Shared): string[] {
  const doors = opens.length === 0 ? 'opens nothing at the moment' : `opens ${opens.map(plain).join(', ')}`;
  const has = fields(paint, [...(pin === null ? [] : ([['PIN', pin]] as const)), ...(link === null ? [] : ([['Link', link]] as const))]);
  return ['', `${paint.bold(plain(name))} ${doors}`, ...has.split('\n')];
}

function coloured(paint: Paint, row: string, line: Line | undefined): string {
  if (line?.status === 'skipped') return paint.dim(row);
  if (line?.status === 'active') return row.replace(' active', ` ${paint.green('active')}`);
  return line?.status === 'upcoming' ? row.replace(' upcoming', ` ${paint.cyan('upcoming')}`) : row;
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

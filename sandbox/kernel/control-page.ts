import { createHash } from 'node:crypto';
import type { Choice, ControlAction, ControlField, ControlPanel, ControlTable, Outcome } from './control-panel.js';

const RESULT_CHARS_MAX = 600;

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 18%, Canvas); --soft: color-mix(in srgb, CanvasText 5%, Canvas);
  --quiet: color-mix(in srgb, CanvasText 68%, Canvas); --good: #16703a; --bad: #b3261e; --main: #2450b8; }
@media (prefers-color-scheme: dark) { :root { --good: #6fd08c; --bad: #ff9d94; --main: #9db8ff; } }
* { box-sizing: border-box; }
html { background: Canvas; color: CanvasText; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; color: var(--quiet); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--quiet); font-weight: 600; }
.last { border-left: 4px solid var(--good); background: var(--soft); padding: .5rem .75rem; margin: 1rem 0; }
.last.bad { border-color: var(--bad); } .last strong { color: var(--good); } .last.bad strong { color: var(--bad); }
pre { margin: .25rem 0 0; font-size: .8rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 10rem; }
.actions { columns: 16rem; column-gap: 1rem; }
form { break-inside: avoid; margin-bottom: 1rem; border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; background: var(--soft); }
label { display: block; font-size: .85rem; color: var(--quiet); margin-bottom: .5rem; }
input, select { display: block; width: 100%; font: inherit; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: .35rem;
  background: Canvas; color: CanvasText; }
select { text-overflow: ellipsis; padding-inline-end: 1.75rem; }
button { font: inherit; font-weight: 600; width: 100%; min-height: 2.5rem; padding: .4rem .75rem; border-radius: .35rem; cursor: pointer;
  border: 1px solid var(--main); background: Canvas; color: var(--main); }
button:hover:enabled { background: var(--main); color: Canvas; }
button:disabled { cursor: default; border-color: var(--line); color: var(--quiet); }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
`;

/** Nothing but its own style and its own forms. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The control page, and the policy that goes with it. It works without scripts. */
export function pageOf(panel: ControlPanel, last: Outcome | null): { readonly html: string; readonly policy: string } {
  const forms = panel.actions.filter(({ label }) => label !== undefined);
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(panel.title)}: control</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(panel.title)}</h1>
<p>A simulated system. What you do here, somebody did there.</p>
</header>
<main>
${last === null ? '' : outcome(last)}
${panel.tables().map(tableOf).join('\n')}
<h2 id="actions">What can happen</h2>
<div class="actions" role="group" aria-labelledby="actions">
${forms.map(formFor).join('\n')}
</div>
</main>
</body>
</html>
`;
  return { html, policy: POLICY };
}

function outcome({ label, ok, text }: Outcome): string {
  const shown = text.length > RESULT_CHARS_MAX ? `${text.slice(0, RESULT_CHARS_MAX)} …` : text;
  const [role, more, word] = ok ? ['status', '', 'done'] : ['alert', ' bad', 'not done'];
  return `<div class="last${more}" role="${role}"><strong>${escaped(label)}: ${word}</strong><pre>${escaped(shown)}</pre></div>`;
}

function tableOf({ title, head, rows }: ControlTable): string {
  if (rows.length === 0) return `<h2>${escaped(title)}</h2>\n<p>None.</p>`;
  const cells = (tag: string, row: readonly string[]) => row.map((cell) => `<${tag}>${escaped(cell)}</${tag.split(' ')[0]}>`).join('');
  return `<h2>${escaped(title)}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${escaped(title)}"><table>
<thead><tr>${cells('th scope="col"', head)}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}
</tbody>
</table></div>`;
}

function formFor({ name, label, fields = [] }: ControlAction): string {
  // What there is none of cannot be chosen, so nothing can be done with it.
  const isIdle = fields.some(({ choices }) => choices?.().length === 0);
  return `<form method="post" action="/_control/${encodeURIComponent(name)}">
${fields.map(fieldOf).join('\n')}
<button${isIdle ? ' disabled' : ''}>${escaped(label ?? name)}</button>
</form>`;
}

function fieldOf({ name, label, type = 'text', value, choices }: ControlField): string {
  const chosen = value?.() ?? '';
  const input =
    choices === undefined
      ? `<input name="${escaped(name)}" type="${type}" value="${escaped(chosen)}">`
      : `<select name="${escaped(name)}">${optionsOf(choices(), chosen)}</select>`;
  return `<label>${escaped(label)} ${input}</label>`;
}

function optionsOf(choices: readonly Choice[], chosen: string): string {
  if (choices.length === 0) return '<option value="">none</option>';
  return choices
    .map(({ value, label }) => `<option value="${escaped(value)}"${value === chosen ? ' selected' : ''}>${escaped(label)}</option>`)
    .join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

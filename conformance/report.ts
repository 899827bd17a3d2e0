import Table from 'cli-table3';
import colors from 'picocolors';
import type { Outcome, Report, Result } from './run.js';

/** The same text with the token, wherever a server or a request repeats it, made unreadable. */
export function redact(text: string, token: string): string {
  if (token === '') return text;
  return [token, encodeURIComponent(token)].reduce((rest, one) => rest.replaceAll(one, '[token]'), text);
}

export function countOf(results: readonly Result[], outcome: Outcome): number {
  return results.filter((result) => result.outcome === outcome).length;
}

/**
 * What a person reads: the table by section, then what is wrong, what could be better, and what was not looked at.
 * Colours are for a terminal; a file or a pipe gets plain text.
 */
export function reportText(report: Report, isTerminal: boolean): string {
  const { results } = report;
  const paint = colors.createColors(isTerminal && colors.isColorSupported);
  const failed = countOf(results, 'failed');
  const parts = [
    `SCIM conformance of ${report.url}`,
    sectionTable(results),
    ...results.filter(({ outcome }) => outcome === 'failed').map((result) => finding(paint.red('FAILED'), result)),
    ...results.filter(({ outcome }) => outcome === 'warning').map((result) => finding(paint.yellow('WARNING'), result)),
    skippedText(results),
    leftBehindText(report),
    failed > 0 ? paint.red(verdict(report)) : verdict(report),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function sectionTable(results: readonly Result[]): string {
  const table = new Table({
    head: ['RFC', 'section', 'checks', 'passed', 'failed', 'warnings', 'skipped'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const sections = [...new Set(results.map(({ check }) => check.section))].sort(bySection);
  for (const section of sections) table.push([...section.split(' '), ...figures(results.filter(({ check }) => check.section === section))]);
  table.push(['all', '', ...figures(results)]);
  return table.toString();
}

function figures(results: readonly Result[]): number[] {
  return [results.length, ...(['passed', 'failed', 'warning', 'skipped'] as const).map((outcome) => countOf(results, outcome))];
}

function bySection(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}

function finding(word: string, { check, failure }: Result): string {
  const lines = [`${word} ${check.id} (RFC ${check.section}, ${check.level})`, check.title];
  if (failure !== null) {
    if (failure.request !== null) lines.push(`request   ${failure.request}`);
    lines.push(`expected  ${failure.expected}`, `got       ${failure.got}`);
  }
  return lines.join('\n  ');
}

/** Most checks are skipped for the same few reasons. */
function skippedText(results: readonly Result[]): string {
  const reasons = new Map<string, string[]>();
  for (const { check, reason } of results) if (reason !== null) reasons.set(reason, [...(reasons.get(reason) ?? []), check.id]);
  return [...reasons].map(([reason, ids]) => `skipped: ${reason}\n  ${ids.join(', ')}`).join('\n');
}

function leftBehindText({ leftBehind }: Report): string {
  return leftBehind.length === 0 ? '' : `could not be deleted:\n  ${leftBehind.join('\n  ')}`;
}

function verdict({ results, requests, interrupted }: Report): string {
  const failed = countOf(results, 'failed');
  const ended = interrupted ? ' The run was ended early.' : '';
  const figures = `${results.length} checks, ${requests} requests: ${countOf(results, 'passed')} passed, ${failed} failed, ${countOf(results, 'warning')} warnings, ${countOf(results, 'skipped')} skipped.`;
  return `${figures}${ended}`;
}

/** What a program reads: one JSON document. */
export function reportJson(report: Report): string {
  const { url, results, leftBehind, requests, interrupted } = report;
  const [checks = 0, passed = 0, failed = 0, warnings = 0, skipped = 0] = figures(results);
  const rows = results.map(({ check, outcome, reason, failure }) => {
    const { id, section, title, level } = check;
    return { id, section: `RFC ${section}`, title, level, outcome, ...(reason === null ? {} : { reason }), ...failure };
  });
  return JSON.stringify(
    { url, summary: { checks, passed, failed, warnings, skipped, requests, interrupted }, leftBehind, checks: rows },
    null,
    2,
  );
}

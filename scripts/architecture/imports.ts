import { existsSync } from 'node:fs';
import { cruise, type IForbiddenRuleType, type IModule } from 'dependency-cruiser';
import { importTable, pathPattern, pureNames, type Row, walls } from './table.js';

export interface ImportReport {
  /** How many files were looked at. 0 means that the checker saw nothing and its silence is worth nothing. */
  readonly cruised: number;
  /** How many imports between our own files. */
  readonly imports: number;
  /** One sentence each, sorted. */
  readonly violations: readonly string[];
}

/** Turns the table and the walls of ARCHITECTURE.md into rules for dependency-cruiser. */
export function importRules(markdown: string): IForbiddenRuleType[] {
  return [...tableRules(importTable(markdown)), ...packageRules(markdown), ...pureRules(markdown), ...EVERYWHERE];
}

const OURS = '^(?:src|sandbox|conformance)/';

/** Holds whatever the table says. */
const EVERYWHERE: readonly IForbiddenRuleType[] = [
  { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
  { name: 'every import exists', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'no adapter imports another',
    severity: 'error',
    from: { path: '^src/adapters/([^/]+)/' },
    to: { path: '^src/adapters/[^/]+/', pathNot: '^src/adapters/$1/' },
  },
  {
    name: 'src stands alone',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(?:test|scripts|sandbox|conformance|seeds|bench)/' },
  },
];

function tableRules(rows: readonly Row[]): IForbiddenRuleType[] {
  const rules: IForbiddenRuleType[] = [];
  const earlier: string[] = [];
  for (const { names, may } of rows) {
    const patterns = names.map(pathPattern);
    for (const [index, own] of patterns.entries()) {
      if (may === 'everything') continue;
      rules.push({
        name: `${names[index]} ← ${may.length === 0 ? 'nothing' : may.join(', ')}`,
        severity: 'error',
        from: { path: own, ...(earlier.length > 0 ? { pathNot: [...earlier] } : {}) },
        to: { path: OURS, pathNot: [own, ...may.map(pathPattern)] },
      });
    }
    earlier.push(...patterns);
  }
  return rules;
}

function packageRules(markdown: string): IForbiddenRuleType[] {
  return walls(markdown, 'packages').flatMap(({ what, where }) =>
    what.map((name) => ({
      name: `${name} only in ${where.join(', ')}`,
      severity: 'error' as const,
      from: { path: '^src/', ...(where.length > 0 ? { pathNot: where.map(pathPattern) } : {}) },
      to: { path: [`(?:^|/)node_modules/(?:@types/)?${name}/`, `^${name}(?:/|$)`] },
    })),
  );
}

/** Pure files may use `node:util` (deep comparison) and nothing else that is not ours. */
function pureRules(markdown: string): IForbiddenRuleType[] {
  return [
    {
      name: 'pure files use no package and no I/O',
      severity: 'error',
      from: { path: pureNames(markdown).map(pathPattern) },
      to: { pathNot: [OURS, '^(?:node:)?util$'] },
    },
  ];
}

/**
 * Follows every import below `folders` of `root`, type imports too, and reports what the rules forbid.
 *
 * @param root the folder that holds `src`, and where `node_modules` is found
 */
export async function checkImports(markdown: string, root = process.cwd()): Promise<ImportReport> {
  const folders = ['src', 'sandbox', 'conformance'].filter((folder) => existsSync(`${root}/${folder}`));
  const { output } = await cruise(folders, {
    baseDir: root,
    ruleSet: { forbidden: importRules(markdown) },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    combinedDependencies: false,
  });
  if (typeof output === 'string') throw new Error('dependency-cruiser answered in another format than asked for');

  const ours = output.modules.filter((module) => module.source.match(OURS) !== null);
  const violations = output.summary.violations.map(({ rule, from, to }) => `${from} → ${to}: ${rule.name}`);
  return {
    cruised: ours.length,
    imports: ours.reduce((sum, module) => sum + module.dependencies.filter(({ resolved }) => resolved.match(OURS) !== null).length, 0),
    violations: [...new Set([...violations, ...filesWithoutRow(ours, importTable(markdown))])].sort(),
  };
}

/** A file that no row names would be free to import anything. */
function filesWithoutRow(modules: readonly IModule[], rows: readonly Row[]): readonly string[] {
  const patterns = rows.flatMap(({ names }) => names.map((name) => new RegExp(pathPattern(name))));
  return modules
    .map(({ source }) => source)
    .filter((source) => !patterns.some((pattern) => pattern.test(source)))
    .map((source) => `${source}: no row of the import table names it`);
}

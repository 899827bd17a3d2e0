import { objectAt } from '../../../conformance/json.js';
import { answers, bodies, fault, type Fault, GROUPS, type Hooks, ignores, LISTS, parameter, scimError, to } from './fault.js';

function filterReads(pattern: RegExp, by: string): Hooks {
  return parameter('filter', (filter) => filter.replace(pattern, by));
}

function refusesFilters(pattern: RegExp): Hooks {
  return { instead: ({ query }) => (pattern.test(query['filter'] ?? '') ? scimError(400, 'invalidFilter') : null) };
}

export const FILTER_FAULTS: readonly Fault[] = [
  fault('ignores filters', ignores('filter')),
  fault(
    'finds nothing',
    parameter('filter', () => 'userName eq "nobody"'),
  ),
  fault('refuses every filter', refusesFilters(/./)),
  fault(
    'answers an empty list with 404',
    answers(
      (request, answer) => LISTS(request) && objectAt(answer.body)['totalResults'] === 0,
      () => scimError(404),
    ),
  ),
  fault('reads the first comparison alone', { inside: ['flat-filter'] }),
  fault('minds the case of all values', { inside: ['case-sensitive-filter'] }),
  fault(
    'minds the case of externalId nowhere',
    parameter('filter', (filter) =>
      filter.startsWith('externalId') ? filter.replace(/-ext-(.)/, (_all, letter: string) => `-Ext-${letter.toUpperCase()}`) : filter,
    ),
  ),
  fault('minds the case of attribute names in filters', refusesFilters(/USERNAME/)),
  fault('minds the case of operators', refusesFilters(/ E[Qq] /)),
  fault('reads ne as eq', filterReads(/ ne /g, ' eq ')),
  fault('reads co as sw', filterReads(/ co /g, ' sw ')),
  fault('reads ew as eq', filterReads(/ ew /g, ' eq ')),
  fault('reads sw as eq', filterReads(/ sw /g, ' eq ')),
  fault('reads pr as always true', filterReads(/title pr/g, 'userName pr')),
  fault('reads ge as gt', filterReads(/ ge /g, ' gt ')),
  fault('reads le as lt', filterReads(/ le /g, ' lt ')),
  fault('reads gt as ge', filterReads(/ gt /g, ' ge ')),
  fault('reads lt as le', filterReads(/ lt /g, ' le ')),
  fault('reads false as true', filterReads(/ eq false/g, ' eq true')),
  fault('reads null as a text', filterReads(/ eq null/g, ' eq "null"')),
  fault('reads not as nothing', filterReads(/not \(/g, '(')),
  fault('reads and as or', filterReads(/ and /g, ' or ')),
  fault(
    'spreads not over or',
    parameter('filter', (filter) => filter.replace(/not \((.*) or (.*)\)$/, '(not ($1) or not ($2))')),
  ),
  fault(
    'binds or stronger than and',
    parameter('filter', (filter) =>
      /^userName eq "[^"]*" or userName eq "[^"]*" and /.test(filter) ? filter.replace(/^(.*) and /, '($1) and ') : filter,
    ),
  ),
  fault(
    'drops parentheses',
    parameter('filter', (filter) => (/^\(userName eq "[^"]*" or/.test(filter) ? filter.replaceAll(/[()]/g, '') : filter)),
  ),
  fault('knows no nested groups', refusesFilters(/^\(\(userName/)),
  fault('knows no sub-attributes in filters', refusesFilters(/^\w+\.\w+ (?:eq|co)/)),
  fault(
    'mixes the parts of values',
    parameter('filter', (filter) =>
      filter.replace(/emails\[type eq "(\w+)" and value (.*)\]$/, '(emails.type eq "$1" and emails.value $2)'),
    ),
  ),
  fault('knows no or in value paths', refusesFilters(/\[[^\]]* or /)),
  fault('knows no value paths in filters', refusesFilters(/\[/)),
  fault('does not read emails by its value', refusesFilters(/emails co/)),
  fault('reads no escapes', refusesFilters(/\\/)),
  fault('reads a parenthesis in a text as one', refusesFilters(/"\(or\)"/)),
  fault(
    'reads % and _ as wildcards',
    parameter('filter', (filter) => (filter.startsWith('userName eq "%"') ? 'userName pr' : filter)),
  ),
  fault(
    'builds queries of texts',
    parameter('filter', (filter) => (filter.includes("OR '1'='1") ? 'userName pr' : filter)),
  ),
  fault(
    'compares dates as texts',
    parameter('filter', (filter) => filter.replace(/(meta\.created \w\w ".*)(?:\.\d+Z|\+14:00)"/, '$1.000Z"')),
  ),
  fault('does not find ids', filterReads(/^id eq /, 'externalId eq ')),
  fault('does not find members', refusesFilters(/members/)),
  fault(
    'does not find Groups',
    bodies(to('GET', GROUPS), (body) => ({ schemas: body['schemas'] ?? null, totalResults: 0 })),
  ),
  fault(
    'answers broken filters with nothing',
    answers(
      (request, answer) => LISTS(request) && answer.status === 400,
      () => ({
        status: 200,
        headers: { 'content-type': 'application/scim+json' },
        body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0 },
      }),
    ),
  ),
  fault(
    'answers an unknown attribute with everybody',
    parameter('filter', (filter) => (filter.startsWith('noSuchAttribute') ? 'userName pr' : filter)),
  ),
  fault('breaks down over hostile filters', {
    instead: ({ query }) => (/\({99}|\\{9}/.test(query['filter'] ?? '') ? scimError(500) : null),
  }),
  fault(
    'lets passwords be guessed',
    parameter('filter', (filter) => (filter.startsWith('password') ? 'userName pr' : filter)),
  ),
];

import SCIMMY from 'scimmy';
import { ACCESS_DEFINITION } from './access-extension.js';

type Definition = SCIMMY.Types.SchemaDefinition;
type Config = SCIMMY.Types.Attribute.AttributeConfig;
/** One attribute as RFC 7643 section 7 describes it in JSON. */
export type AttributeDescription = SCIMMY.Types.Attribute.AttributeDefinition;

/** A schema in plain data: what discovery prints and what the attribute trees are built from. */
export interface SchemaDescription {
  readonly urn: string;
  readonly name: string;
  readonly description: string;
  /** `schemas`, `id`, `externalId`, `meta`: part of every resource, of no schema. @see RFC 7643 section 3.1 */
  readonly common: readonly AttributeDescription[];
  readonly attributes: readonly AttributeDescription[];
}

/** An id is caseExact (RFC 7643 section 3.1), so whatever holds one is too, although section 8.7.1 prints false. */
const HOLDS_ID: Config = { caseExact: true };
/** Worked out by the server from `value`; what a client says about it is ignored. */
const DERIVED: Config = { mutable: false };

const COMMON: ReadonlyArray<readonly [string, Config]> = [
  ['schemas', { returned: 'always', mutable: false, required: true }],
  ['externalId', { uniqueness: 'server' }],
  ['meta', { required: false }],
  ['meta.resourceType', { required: false }],
  ['meta.location', { caseExact: true }],
  ['meta.version', { caseExact: true }],
];

/** Where scimmy's definitions and the truth differ. This is the only place that says so. */
const CORRECTIONS: ReadonlyArray<readonly [Definition, ReadonlyArray<readonly [string, Config]>]> = [
  [SCIMMY.Schemas.User.definition, [...COMMON, ['groups.value', HOLDS_ID], ['groups.$ref', { referenceTypes: ['Group'] }]]],
  [
    SCIMMY.Schemas.Group.definition,
    [
      ...COMMON,
      ['displayName', { uniqueness: 'server' }],
      ['members.value', HOLDS_ID],
      ['members.$ref', DERIVED],
      ['members.type', DERIVED],
      ['members.display', DERIVED],
    ],
  ],
  [
    SCIMMY.Schemas.EnterpriseUser.definition,
    [
      ['manager.value', HOLDS_ID],
      ['manager.$ref', DERIVED],
    ],
  ],
];

function correct(): void {
  for (const [definition, corrections] of CORRECTIONS) {
    for (const [path, config] of corrections) Object.assign(definition.attribute(path).config, config);
  }
}

function describe(definition: Definition): SchemaDescription {
  const { id: urn, name, description } = definition;
  const own = definition.attributes.filter((attribute) => attribute instanceof SCIMMY.Types.Attribute);
  const plain = (shadow: boolean): AttributeDescription[] =>
    JSON.parse(JSON.stringify(own.filter((attribute) => attribute.config.shadow === shadow))).map(withoutEmptySuggestions);
  return { urn, name, description, common: plain(true), attributes: plain(false) };
}

/** RFC 7643 section 8.7.1 prints `canonicalValues: []` for some types: a list of nothing suggests nothing. */
function withoutEmptySuggestions(attribute: AttributeDescription): AttributeDescription {
  const { canonicalValues, subAttributes, ...rest } = attribute;
  return {
    ...rest,
    ...(canonicalValues === undefined || canonicalValues.length === 0 ? {} : { canonicalValues }),
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(withoutEmptySuggestions) }),
  };
}

/** Canonical values are suggestions (RFC 7643 section 7); scimmy would refuse every other value, and with an empty list all of them. */
function allowAnyValue(attributes: readonly unknown[]): void {
  for (const attribute of attributes) {
    if (!(attribute instanceof SCIMMY.Types.Attribute)) continue;
    attribute.config.canonicalValues = false;
    allowAnyValue(attribute.subAttributes ?? []);
  }
}

correct();

export const USER_DESCRIPTION = describe(SCIMMY.Schemas.User.definition);
export const GROUP_DESCRIPTION = describe(SCIMMY.Schemas.Group.definition);
export const ENTERPRISE_DESCRIPTION = describe(SCIMMY.Schemas.EnterpriseUser.definition);
export const ACCESS_DESCRIPTION = describe(ACCESS_DEFINITION);

for (const [definition] of CORRECTIONS) allowAnyValue(definition.attributes);
SCIMMY.Schemas.User.definition.extend(SCIMMY.Schemas.EnterpriseUser.definition, false).extend(ACCESS_DEFINITION, false);

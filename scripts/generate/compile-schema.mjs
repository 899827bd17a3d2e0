// The package's own declarations do not compile under `exactOptionalPropertyTypes`; compile-schema.d.mts says what we use of it.
export { compile } from 'json-schema-to-typescript';

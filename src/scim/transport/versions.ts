import type { IfMatch } from '../../directory/operation.js';

/** A version as it travels, in the ETag header and in meta.version alike. Weak: the same resource may be written in other bytes. @see RFC 7644 section 3.14 */
export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/** The versions that If-Match or If-None-Match names; null without the header. What is no version of ours matches nothing. */
export function parseVersions(header: string | undefined): IfMatch {
  if (header === undefined) return null;
  const versions = new Set<number>();
  for (const part of header.split(',')) {
    const tag = part.trim();
    if (tag === '*') return '*';
    const opaque = tag.startsWith('W/') ? tag.slice(2) : tag;
    const inner = opaque.startsWith('"') && opaque.endsWith('"') && opaque.length > 2 ? opaque.slice(1, -1) : opaque;
    const version = Number(inner);
    if (Number.isSafeInteger(version) && version > 0) versions.add(version);
  }
  return versions;
}

/** Does If-None-Match name the stored version? Then a GET answers 304. @see RFC 9110 section 13.1.2 */
export function isUnchanged(header: string | undefined, version: number): boolean {
  const named = parseVersions(header);
  return named === '*' || named?.has(version) === true;
}

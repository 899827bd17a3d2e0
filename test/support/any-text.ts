import fc from 'fast-check';

/** Any text that a caller can send, halves of surrogate pairs too. Much cheaper to draw than fast-check's own `binary`. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x10ffff })), { maxLength: 12 })
  .map((codes) => String.fromCodePoint(...codes));

import fc from 'fast-check'

/** Pieces that have broken a quoting rule somewhere. */
const pieces = [
  '"',
  "'",
  '\\',
  '\n',
  '\t',
  ']]>',
  '<!--',
  '&amp;',
  '&',
  '<',
  '$(id)',
  '`id`',
  '%PATH%',
  '$',
  '$' + '{env:HOME}',
  '\u2018',
  '\u201c',
  '\u{1f600}',
  '\u{7f}',
  '\u{85}',
  '\u{2028}',
  '\u{2029}',
  '\u{feff}',
  '\u{fdd0}',
  '\u{1ffff}',
  ' ',
  '#',
  ': ',
  '- ',
  'no',
  '1.10',
  '=',
  '<<',
  '[x]',
  '; c',
  '@',
  '-',
  '__proto__',
  'constructor',
  'ustar',
]

const pieced = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''))

/** Texts that most formats can hold; `kept` leaves out the rest. */
export function hostileText(kept: (text: string) => boolean = () => true): fc.Arbitrary<string> {
  return fc.oneof(pieced, fc.string({ unit: 'binary' }), fc.constantFrom(...pieces)).filter(kept)
}

/** Values of nested objects and lists with hostile keys, `__proto__` among them. */
export function hostileValue<Leaf>(leaf: fc.Arbitrary<Leaf>, text: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      text,
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .uniqueArray(fc.tuple(text, tie('value')), { maxLength: 4, selector: ([key]) => key })
        .map((entries) => Object.fromEntries(entries)),
    ),
  })).value
}

/** Any bytes, and bytes that resemble the format: pieces of a good file in disorder. */
export function hostileBytes(good: readonly string[]): fc.Arbitrary<Uint8Array> {
  const shuffled = fc
    .array(fc.oneof(fc.constantFrom(...good), fc.string({ maxLength: 3 })), { maxLength: 30 })
    .map((parts) => Buffer.from(parts.join('')))
  return fc.oneof(fc.uint8Array({ maxLength: 300 }), shuffled)
}

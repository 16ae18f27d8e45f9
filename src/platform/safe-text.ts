// Everything that a terminal acts on, that changes the reading direction, or that shows as nothing at all:
// C0 with TAB and LF (one value is one line), DEL, C1, soft hyphen, joiners and fillers, bidi controls, line and
// paragraph separators, invisible operators, byte order mark, annotation marks, tag characters, lone surrogates.
// Variation selectors stay: they belong to emoji and to Japanese names.
const unsafe =
  /\u{34f}|\u{17b4}|\u{17b5}|[\u{180b}-\u{180f}]|[\u{0}-\u{1f}\u{7f}-\u{9f}\u{ad}\u{61c}\u{115f}\u{1160}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{2800}\u{3164}\u{feff}\u{ffa0}\u{fff9}-\u{fffb}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}\p{Surrogate}]/gu

/**
 * Makes a text that comes from data safe to show: in terminals, logs and errors, with or without a terminal.
 * What could act or hide becomes `\u{…}` in lower-case hexadecimal. Applying it twice changes nothing more.
 */
export function safeText(text: string): string {
  return text.replace(unsafe, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

const harmless = /^[\u{20}-\u{7e}\n]*$/u

/**
 * JSON that is safe to show: what `safeText` makes visible is written as JSON's own `\uXXXX`, so that a reader gets
 * the same value. `JSON.stringify` alone leaves DEL, C1 and bidi controls as they are.
 */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent)
  if (harmless.test(json)) return json
  return json.replace(unsafe, (characters) =>
    characters === '\n'
      ? characters
      : Array.from(
          { length: characters.length },
          (_, at) => `\\u${characters.charCodeAt(at).toString(16).padStart(4, '0')}`,
        ).join(''),
  )
}

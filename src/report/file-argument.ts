/**
 * The name of a file as it can be copied into a command: quoted where it has blanks or odd characters. Undefined for what a
 * shell would act on inside quotes too, for what looks like a flag, and for standard input, which is over.
 */
export function fileArgument(name: string): string | undefined {
  const place = name.replace(/[/\\]+$/, '') || name
  if (/^-|["$`!%\p{C}\p{Zl}\p{Zp}]/u.test(place)) return undefined
  return /^[\w./\\:@~-]+$/.test(place) ? place : `"${place}"`
}

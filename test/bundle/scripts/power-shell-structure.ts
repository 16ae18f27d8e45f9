/** What a reader of PowerShell finds in a script: enough of its lexer to see quotes, comments and brackets. */
export interface PowerShellStructure {
  /** Where a bracket or a text has no other end. */
  readonly problems: readonly string[]
  /** The script without comments and without what stands in quotes. */
  readonly code: string
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

export function powerShellStructure(script: string): PowerShellStructure {
  const problems: string[] = []
  const open: string[] = []
  let code = ''
  let at = 0
  const skip = (pattern: RegExp, name: string): void => {
    pattern.lastIndex = at
    const found = pattern.exec(script)
    if (found === null) {
      problems.push(`${name} without end at ${at}`)
      at = script.length
    } else at += found[0].length
  }
  while (at < script.length) {
    const rest = script.slice(at, at + 2)
    const char = script[at] ?? ''
    if (rest === '<#') skip(/<#[\s\S]*?#>/y, 'comment')
    else if (char === '#') skip(/#[^\n]*/y, 'comment')
    else if (rest === "@'") skip(/@'\n[\s\S]*?\n'@/y, 'here-string')
    else if (char === "'") skip(/'(?:[^'\n]|'')*'/y, 'text')
    else if (char === '"') skip(/"(?:[^"`\n]|`.)*"/y, 'text')
    else {
      if (Object.hasOwn(closing, char)) open.push(closing[char] ?? '')
      if (')]}'.includes(char) && open.pop() !== char) problems.push(`${char} too many at ${at}`)
      code += char
      at++
    }
  }
  return { problems: [...problems, ...open.map((char) => `${char} missing`)], code }
}

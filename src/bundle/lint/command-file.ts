/** The program or script that a command line starts, and how it is found. */
export interface CommandFile {
  /** As written, without quotes; of an interpreter the script it is given, where one is named. */
  readonly file: string
  readonly place: 'absolute' | 'interpreter' | 'project' | 'home' | 'variable' | 'relative' | 'bare'
}

/** Programs of the operating system that every endpoint finds. */
const interpreters = /^(?:sh|bash|zsh|dash|cmd|powershell|pwsh)(?:\.exe)?$/i

/** What the start of a command line names: the part in quotes, or up to the first blank. Of `sh x.sh` it is `x.sh`. */
export function commandFile(command: string): CommandFile {
  const [program = '', ...rest] = wordsOf(command)
  const place = placeOf(program)
  const script = interpreters.test(program.replace(/^.*[\\/]/, '')) ? scriptIn(rest) : undefined
  return script === undefined ? { file: program, place } : { file: script, place: placeOf(script, 'relative') }
}

/** Not a shell's grammar: enough to find the file of a command that is written plainly. */
function wordsOf(command: string): readonly string[] {
  const words = command.slice(0, 4000).matchAll(/"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<plain>\S+)/g)
  return [...words].map(({ groups }) => groups?.double ?? groups?.single ?? groups?.plain ?? '')
}

/** The file an interpreter is to run; undefined where it is given commands as text. */
function scriptIn(words: readonly string[]): string | undefined {
  const file = words.findIndex((word) => /^-file$/i.test(word))
  if (file >= 0) return words[file + 1]
  const [first] = words
  return first === undefined || /^[-/][A-Za-z]+$/.test(first) ? undefined : first
}

function placeOf(file: string, plain: 'bare' | 'relative' = 'bare'): CommandFile['place'] {
  if (/^\/|^[A-Za-z]:[\\/]|^\\\\/.test(file)) return 'absolute'
  if (interpreters.test(file)) return 'interpreter'
  if (/^\$\{?CLAUDE_PROJECT_DIR/.test(file)) return 'project'
  if (/^~(?:\/|\\|$)|^\$\{?HOME\b|^%USERPROFILE%/i.test(file)) return 'home'
  if (/^[$%]/.test(file)) return 'variable'
  return /[\\/]/.test(file) ? 'relative' : plain
}

/** Why a managed command must not be found this way; undefined where it may. */
export function placeProblem({ place }: CommandFile): string | undefined {
  switch (place) {
    case 'absolute':
    case 'interpreter':
      return undefined
    case 'project':
      return 'It lies in the project, so whoever writes the project decides what runs.'
    case 'home':
      return 'It lies in the home folder, where the user can change it or take it away.'
    case 'variable':
      return 'Where it lies depends on a variable of the session, which the user can set.'
    case 'relative':
      return 'Where it lies depends on the folder that the session runs in.'
    case 'bare':
      return 'It is found by the search path of the session, which the user can set.'
  }
}

/**
 * Whether a command begins with an absolute path that goes on after a blank without being in quotes, such as
 * `C:\Program Files\x.exe` or `/Library/Application Support/x`. A shell starts the part before the blank, and a hook whose
 * file is not there lets every tool run (observed 2026-11-21). What follows the blank counts as more of the path when it
 * has a separator itself and does not look like an argument.
 */
export function hasUnquotedBlank(command: string): boolean {
  return /^(?:\/[^\s"']*\s+[^\s"'/$~.=-][^\s"'=]*\/|[A-Za-z]:\\[^\s"']*\s+(?![A-Za-z]:)[^\s"'/$~.=-][^\s"'=]*\\)/.test(
    command,
  )
}

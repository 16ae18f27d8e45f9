import { describe, expect, it } from 'vitest'
import { commandFile, placeProblem } from '../../../src/bundle/lint/command-file.js'
import { fitsWildcard } from '../../../src/bundle/lint/wildcard.js'

describe('the file of a command', () => {
  it.each([
    ['/usr/local/bin/x --flag', '/usr/local/bin/x', 'absolute'],
    ['"C:\\Program Files\\x\\y.exe" --flag', 'C:\\Program Files\\x\\y.exe', 'absolute'],
    ['powershell.exe -NoProfile -File "C:\\x y\\z.ps1"', 'C:\\x y\\z.ps1', 'absolute'],
    ['/bin/sh /opt/x.sh', '/opt/x.sh', 'absolute'],
    ['bash -c "exit 2"', 'bash', 'interpreter'],
    ['powershell.exe -Command exit', 'powershell.exe', 'interpreter'],
    ['sh scripts/x.sh', 'scripts/x.sh', 'relative'],
    ['sh x.sh', 'x.sh', 'relative'],
    ['./x', './x', 'relative'],
    ['x', 'x', 'bare'],
    ['~/bin/x', '~/bin/x', 'home'],
    ['$HOME/x', '$HOME/x', 'home'],
    ['"$CLAUDE_PROJECT_DIR"/x', '$CLAUDE_PROJECT_DIR', 'project'],
    ['$TOOLS/x', '$TOOLS/x', 'variable'],
    ['', '', 'bare'],
  ])('%s', (command, file, place) => {
    expect(commandFile(command)).toEqual({ file, place })
  })

  it('is in order where nobody but an administrator decides', () => {
    expect(placeProblem(commandFile('/opt/x'))).toBeUndefined()
    expect(placeProblem(commandFile('x'))).toContain('search path')
  })
})

describe('a wildcard', () => {
  it.each([
    ['*', 'anything', true],
    ['mcp__*', 'mcp__a__b', true],
    ['mcp__*__read', 'mcp__a__read', true],
    ['mcp__*__read', 'mcp__read', false],
    ['Bash', 'Bash', true],
    ['Bash', 'BashX', false],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-b-c', true],
    ['.*', 'x', false],
  ])('%s fits %s: %s', (pattern, text, fits) => {
    expect(fitsWildcard(pattern, text)).toBe(fits)
  })

  it('takes no time for a hostile pattern', () => {
    expect(fitsWildcard('*a'.repeat(5000), 'a'.repeat(4999))).toBe(false)
  })
})

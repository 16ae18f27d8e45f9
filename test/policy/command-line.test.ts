import { expect, it } from 'vitest'
import { hasUnquotedBlank } from '../../src/policy/command-line.js'

it.each([
  'C:\\Program Files\\Fleet\\hook.exe',
  'C:\\Program Files\\Fleet\\hook.exe --strict',
  'd:\\a b\\c',
  '/Library/Application Support/Fleet/hook',
  '/opt/fleet hooks/deny --x',
])('%s starts another file than it looks like', (command) => expect(hasUnquotedBlank(command)).toBe(true))

it.each([
  '"C:\\Program Files\\Fleet\\hook.exe" --strict',
  'C:\\Fleet\\hook.exe --config C:\\a.json',
  'C:\\Fleet\\hook.exe C:\\a b\\c',
  '/usr/local/libexec/fleet-hook',
  '/usr/local/libexec/fleet-hook --config /etc/fleet/hook.json',
  '/usr/local/libexec/fleet-hook config=a/b',
  '/usr/local/libexec/fleet-hook ./a/b ~/c',
  '/usr/bin/env bash',
  "'/opt/fleet hooks/deny'",
  'powershell.exe -File "C:\\Program Files\\x.ps1"',
])('%s does not', (command) => expect(hasUnquotedBlank(command)).toBe(false))

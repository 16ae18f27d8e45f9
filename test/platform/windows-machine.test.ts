import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { windowsMachine } from '../../src/platform/windows-machine.js'
import { windowsRights } from '../../src/platform/windows-rights.js'
import { askPackages, askProcesses, takeSnapshot, type WindowsSnapshot } from '../../src/platform/windows-snapshot.js'
import { powerShellSyntaxErrors } from '../builders/power-shell-syntax.js'

const asked: string[] = []
let answer: (script: string) => unknown = () => undefined

/** No PowerShell runs here: what it would be asked is looked at, and its answer made up. */
vi.mock('execa', () => ({
  execa: async (_: string, parameters: readonly string[]) => {
    const script = Buffer.from(parameters.at(-1) ?? '', 'base64').toString('utf16le')
    asked.push(script)
    const told = answer(script)
    if (told === undefined) throw new Error('no answer')
    return { stdout: Buffer.from(JSON.stringify(told)).toString('base64') }
  },
}))

afterEach(() => {
  asked.length = 0
})

const key = 'SOFTWARE\\Policies\\ClaudeCode'
const quick = { self: 'S-1-5-21-1', registry: [{ hive: 'HKLM', key, name: 'Settings', text: '{"a":"%PATH%"}' }] }

function machineOf(snapshot: () => Promise<WindowsSnapshot>, root = '') {
  return windowsMachine({ root, administrator: false, now: 0, self: { id: 'S-1-5-21-1', home: 'C:\\x' }, snapshot })
}

describe('what Windows is asked', () => {
  it('is PowerShell, in one script for each question that may hang', async () => {
    answer = () => []
    await takeSnapshot().catch(() => undefined)
    await askProcesses()
    await askPackages()
    expect(asked).toHaveLength(3)
    for (const script of asked) expect(await powerShellSyntaxErrors(script)).toEqual([])
    expect(asked.map((script) => /Get-CimInstance|Get-AppxPackage/.exec(script)?.[0])).toEqual([
      undefined,
      'Get-CimInstance',
      'Get-AppxPackage',
    ])
    expect(asked[0]).toContain('GetValue($name, $null, $asWritten)')
    expect(asked[2]).toContain("-ccontains 'Installed'")
  })

  it('tells settings where packages and processes cannot be told', async () => {
    answer = (script) => (script.includes('OpenBaseKey') ? quick : undefined)
    const machine = machineOf(takeSnapshot)
    expect(await machine.users()).toHaveLength(1)
    expect(await machine.registryText('HKLM', key.toLowerCase(), 'settings')).toBe('{"a":"%PATH%"}')
    expect(await machine.registryText('HKLM', key, 'Other')).toBeUndefined()
    expect(await machine.packages('Claude')).toBeUndefined()
    expect(await machine.processes()).toBeUndefined()
    await machine.packages('Claude')
    expect(asked).toHaveLength(3)
  })

  it('takes no list of processes for one where none runs', async () => {
    answer = () => []
    expect(await askProcesses()).toBeUndefined()
    expect(await askPackages()).toEqual([])
  })

  it('never takes a value that cannot be read for one that is not there', async () => {
    const unread = [{ hive: 'S-1-5-21-1', key, name: 'Settings' }]
    const machine = machineOf(async () => ({ ...quick, unread }))
    await expect(machine.registryText({ id: 'S-1-5-21-1', home: 'C:\\x' }, key, 'Settings')).rejects.toThrow('read')
    expect(await machine.registryText('HKLM', key, 'Settings')).toBeDefined()
  })
})

describe('the rights of files', () => {
  it('are asked for together', async () => {
    const questions: (readonly string[])[] = []
    const isWritable = windowsRights(async (paths) => {
      questions.push(paths)
      return paths.map((path) => path.endsWith('open'))
    })
    expect(await Promise.all(['a', 'open', 'b'].map(isWritable))).toEqual([false, true, false])
    expect(await isWritable('open')).toBe(true)
    expect(questions).toEqual([['a', 'open', 'b'], ['open']])
  })

  it('are not known of what is not there, or where Windows does not answer', async () => {
    answer = () => undefined
    expect(await windowsRights()('C:\\Program Files\\Fleet\\fleet-hook.ps1')).toBeUndefined()
    expect(asked).toHaveLength(1)
    expect(await powerShellSyntaxErrors(asked[0] ?? '')).toEqual([])
    expect(await windowsRights()('\\\\server\\share\\hook.ps1')).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['nowhere', '', false],
    ['in the file', 'C/Program Files/Fleet/hook.ps1', true],
    ['in its folder', 'C/Program Files/Fleet', true],
    ['further up', 'C/Program Files', true],
    ['at the top', 'C', true],
  ])('of a folder that stands for a machine: others can write %s', async (_, open, expected) => {
    const root = mkdtempSync(join(tmpdir(), 'fleet-windows-'))
    try {
      mkdirSync(join(root, 'C/Program Files/Fleet'), { recursive: true, mode: 0o755 })
      writeFileSync(join(root, 'C/Program Files/Fleet/hook.ps1'), '', { mode: 0o644 })
      if (open !== '') chmodSync(join(root, open), 0o777)
      const machine = machineOf(async () => quick, root)
      expect(await machine.isWritableByUsers('C:\\Program Files\\Fleet\\hook.ps1')).toBe(expected)
      expect(await machine.isWritableByUsers('C:\\Program Files\\Fleet\\other.ps1')).toBeUndefined()
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})

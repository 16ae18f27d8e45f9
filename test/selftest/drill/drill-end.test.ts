import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Machine } from '../../../src/platform/machine.js'
import { startClient } from '../../../src/selftest/drill/client-process.js'
import { DrillDocument } from '../../../src/selftest/drill/drill-document.js'
import { findClient } from '../../../src/selftest/drill/find-client.js'
import { runDrill } from '../../../src/selftest/drill/run-drill.js'
import { buildMachine, canChangeOwners } from '../../builders/machine.js'
import { check, drilled, drillPolicy, inState, machineAt, makeRoot, seenBy, settingsOf } from './drill-machine.js'
import { writeFakeClient } from './fake-client.js'
import { childOf, isRunning, runsOf, until } from './left-behind.js'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function rootWith(settings?: unknown): string {
  const root = makeRoot(settings)
  roots.push(root)
  return root
}

describe.skipIf(process.platform === 'win32')('the end of a drill', () => {
  it('stops a client that never begins, with everything it started', async () => {
    const root = rootWith(settingsOf(drillPolicy()))
    const result = await drilled(root, { hangs: 'start' }, { timeoutSeconds: 1 })
    expect(result.document).toMatchObject({ ended: 'timed-out', cleanedUp: true })
    expect(check(result, 'session-started').state).toBe('unknown')
    expect(inState(result, 'contradicted')).toEqual([])
    expect(isRunning(result.seen!.pid)).toBe(false)
    expect(isRunning(childOf(root))).toBe(false)
    expect(existsSync(result.seen!.folder)).toBe(false)
  })

  it('keeps what it saw of a client that never ends', async () => {
    const result = await drilled(
      rootWith(settingsOf(drillPolicy())),
      { hangs: 'end', sends: 'nothing' },
      { timeoutSeconds: 2 },
    )
    expect(result.document.ended).toBe('timed-out')
    expect(check(result, 'hook-invoked').state).toBe('proven')
    expect(isRunning(result.seen!.pid)).toBe(false)
  })

  it.runIf(process.platform === 'linux')('ends what left the group of the client', async () => {
    const root = rootWith()
    const { document } = await drilled(root, { daemon: true })
    expect(document).toMatchObject({ ended: 'done', cleanedUp: true })
    expect(childOf(root)).toBeGreaterThan(0)
    await until(() => !isRunning(childOf(root)))
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind on %s', async (signal) => {
    const root = rootWith(settingsOf(drillPolicy()))
    const program = fileURLToPath(new URL('drill-alone.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', program, root], { stdio: 'ignore' })
    const ended = new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)))
    await until(() => existsSync(join(root, 'child')) && childOf(root) > 0)
    const { pid, folder } = seenBy(root)!
    child.kill(signal)
    expect(await ended).toBe(signal)
    await until(() => !isRunning(pid) && !isRunning(childOf(root)))
    expect(existsSync(join(folder, '..'))).toBe(false)
  })
})

describe('a program that has ended', () => {
  const start = (path: string, words: string[] = []) =>
    startClient({ path, arguments: words, folder: '/', environment: {}, timeoutSeconds: 20 })

  it.skipIf(process.platform === 'win32')(
    'is never sent a signal again: its number may be that of another',
    async () => {
      const kill = vi.spyOn(process, 'kill')
      try {
        const client = start(process.execPath, ['-e', ''])
        expect((await client.ended).exitCode).toBe(0)
        const sweeps = kill.mock.calls.length
        expect(sweeps).toBe(1)
        expect([client.end(), client.end()]).toEqual(['nothing', 'nothing'])
        expect(kill.mock.calls.length).toBe(sweeps)
      } finally {
        kill.mockRestore()
      }
    },
  )

  it('that never began leaves nothing', async () => {
    const client = start('/no-such-program')
    await client.ended
    expect(client.end()).toBe('nothing')
  })

  it('may leave programs behind that Windows cannot find, and nothing else is claimed', async () => {
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')!
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' })
    try {
      const client = start(process.execPath, ['-e', ''])
      await client.ended
      expect(client.end()).toBe('unknown')
      const { document } = await drilled(rootWith(), { sends: 'nothing' })
      expect(document.cleanedUp).toBeNull()
      expect(DrillDocument.parse(document)).toEqual(document)
    } finally {
      Object.defineProperty(process, 'platform', platform)
    }
  })
})

describe('consent', () => {
  const options = (root: string) => ({
    machine: machineAt(root),
    client: writeFakeClient(join(root, 'client'), root, { sends: 'nothing' }),
    yes: false,
    announce: () => {},
  })

  it('starts no session where nobody can be asked', async () => {
    const root = rootWith()
    await expect(runDrill(options(root))).rejects.toMatchObject({ exit: 2, code: 'drill-needs-yes' })
    expect(runsOf(root)).toEqual([])
  })

  it('asks after it has said what it does, and starts no session without a yes', async () => {
    const root = rootWith()
    const order: string[] = []
    const asking = (answer: boolean) => ({
      ...options(root),
      announce: (lines: readonly string[]) => void order.push(lines.join('\n')),
      agree: async () => {
        order.push('asked')
        return answer
      },
    })
    await expect(runDrill(asking(false))).rejects.toMatchObject({ exit: 2, code: 'drill-declined' })
    expect(runsOf(root)).toEqual([])
    expect(order).toEqual([expect.stringContaining('no tokens are used'), 'asked'])
    await runDrill(asking(true))
    expect(runsOf(root)).toEqual(['--version', '-p'])
    expect(order.filter((what) => what === 'asked')).toHaveLength(2)
  })

  it('says what only the version shows before the session, and asks again', async () => {
    const root = rootWith(settingsOf(drillPolicy({}, 'http://127.0.0.1:9')))
    const file = join(root, 'etc/claude-code/managed-settings.json')
    const asked: string[] = []
    const announced: string[] = []
    const run = runDrill({
      ...options(root),
      announce: (lines) => void announced.push(...lines),
      agree: async () => {
        asked.push(runsOf(root).join())
        // Between the question and the session an administrator changes the settings.
        writeFileSync(file, JSON.stringify(settingsOf(drillPolicy({}, 'https://otel.acme.example'))))
        return asked.length === 1
      },
    })
    await expect(run).rejects.toMatchObject({ code: 'drill-declined' })
    expect(asked).toEqual(['', '--version'])
    expect(announced.filter((line) => line.includes('https://otel.acme.example'))).toHaveLength(1)
    expect(runsOf(root)).toEqual(['--version'])
  })
})

describe('the client', () => {
  const nowhere = { PATH: '' }

  it('is refused when it is missing, or no program', async () => {
    const root = rootWith()
    await expect(drilled(root, {}, { client: join(root, 'no-client') })).rejects.toMatchObject({
      exit: 2,
      code: 'client-not-a-program',
    })
    await expect(drilled(root, {}, { client: root })).rejects.toMatchObject({ code: 'client-not-a-program' })
  })

  it('is found on PATH before the home', async () => {
    const root = rootWith()
    const onPath = writeFakeClient(join(root, 'bin'), root, {})
    const atHome = writeFakeClient(join(root, 'home/ada/.local/bin'), root, {})
    const home = join(root, 'home/ada')
    const machine = machineAt('')
    const path = (environment: Record<string, string>) =>
      findClient({ ...machine, administrator: false }, { environment, home })
    expect(await path({ PATH: `relative:/no-such-folder:${join(root, 'bin')}` })).toBe(onPath)
    expect(await path(nowhere)).toBe(atHome)
  })

  it('is told where it really lies, so that no link can be turned afterwards', async () => {
    const root = rootWith()
    const real = writeFakeClient(join(root, 'opt/claude'), root, {})
    mkdirSync(join(root, 'bin'))
    symlinkSync(real, join(root, 'bin/claude'))
    const machine = { ...machineAt(''), administrator: false }
    expect(await findClient(machine, { environment: { PATH: join(root, 'bin') }, home: root })).toBe(real)
  })

  it('is not started as administrator when users can turn the link to it, or exchange a folder on the way', async () => {
    const root = rootWith()
    const real = writeFakeClient(join(root, 'opt/claude'), root, {})
    mkdirSync(join(root, 'bin'))
    symlinkSync(real, join(root, 'bin/claude'))
    const open = new Set<string>()
    const machine: Machine = {
      ...machineAt(''),
      administrator: true,
      // As on Windows: the answer is about a path and the folder it is in.
      isWritableByUsers: async (path) => open.has(path) || open.has(dirname(path)),
    }
    const find = () => findClient(machine, { environment: { PATH: join(root, 'bin') }, home: root })
    expect(await find()).toBe(real)
    for (const place of [join(root, 'bin'), join(root, 'opt'), root, real]) {
      open.clear()
      open.add(place)
      await expect(find(), place).rejects.toMatchObject({ exit: 2, code: 'client-not-trusted' })
    }
  })

  it.runIf(canChangeOwners)('is not started as root by a link in a folder of a user', async () => {
    const { root, machine, remove } = await buildMachine({
      platform: 'linux',
      now: 0,
      installed: 0,
      users: [{ name: 'ada', id: 1000 }],
      files: {
        '/usr/bin/claude': { content: '#!/bin/sh\n', mode: 0o755 },
        '/usr/local/bin/claude': { link: '/usr/bin/claude' },
        '/home/ada/bin/claude': { link: '/usr/bin/claude' },
      },
    })
    try {
      const within: Machine = {
        ...machine,
        // What lies above the folder that stands for / is no part of that machine.
        isWritableByUsers: async (path) =>
          path.startsWith(`${root}/`) ? machine.isWritableByUsers(path.slice(root.length)) : false,
      }
      const find = (folder: string) => findClient(within, { environment: { PATH: join(root, folder) }, home: '/none' })
      expect(await find('/usr/local/bin')).toBe(join(root, 'usr/bin/claude'))
      await expect(find('/home/ada/bin')).rejects.toMatchObject({ code: 'client-not-trusted' })
    } finally {
      await remove()
    }
  })

  it('is not started as administrator of Windows from a home', async () => {
    const root = rootWith()
    writeFakeClient(join(root, 'bin'), root, {})
    const machineOf = (home: string): Machine => ({
      ...machineAt(''),
      platform: 'windows',
      administrator: true,
      users: async () => [{ id: 'S-1-5-21-1', home }],
      isWritableByUsers: async () => false,
    })
    const find = (home: string) =>
      findClient(machineOf(home), { environment: { PATH: join(root, 'bin') }, home: '/none' })
    expect(await find(`${root}-other`)).toBe(join(root, 'bin/claude'))
    await expect(find(root.toUpperCase())).rejects.toMatchObject({ code: 'client-not-trusted' })
    const silent = { ...machineOf(''), users: () => Promise.reject(new Error('no answer')) }
    const found = findClient(silent, { environment: { PATH: join(root, 'bin') }, home: '/none' })
    await expect(found).rejects.toMatchObject({ code: 'client-not-trusted' })
  })

  it('is not started as administrator when users can exchange it', async () => {
    const root = rootWith()
    mkdirSync(join(root, 'bin'))
    const client = writeFakeClient(join(root, 'bin'), root, {})
    chmodSync(client, 0o777)
    const machine = { ...machineAt(''), administrator: true }
    const find = findClient(machine, { environment: { PATH: join(root, 'bin') }, home: root })
    await expect(find).rejects.toMatchObject({ exit: 2, code: 'client-not-trusted' })
  })
})

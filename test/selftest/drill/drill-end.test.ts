import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { findClient } from '../../../src/selftest/drill/find-client.js'
import { runDrill } from '../../../src/selftest/drill/run-drill.js'
import { check, drilled, drillPolicy, inState, machineAt, makeRoot, seenBy, settingsOf } from './drill-machine.js'
import { writeFakeClient } from './fake-client.js'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function rootWith(settings?: unknown): string {
  const root = makeRoot(settings)
  roots.push(root)
  return root
}

/** A process that was killed and not yet taken note of still has a number, but runs no more. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** What the fake client started. */
function childOf(root: string): number {
  return Number(readFileSync(join(root, 'child'), 'utf8'))
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 400) throw new Error('it did not happen')
    await pause(50)
  }
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
    expect(seenBy(root)).toBeUndefined()
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
    expect(seenBy(root)).toBeUndefined()
    expect(order).toEqual([expect.stringContaining('no tokens are used'), 'asked'])
    await runDrill(asking(true))
    expect(seenBy(root)).toBeDefined()
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

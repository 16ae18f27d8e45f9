import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeLock } from '../../src/history/lock.js'
import { Failure } from '../../src/platform/failure.js'
import { processStart } from '../../src/platform/process-start.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-lock-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Processes by id and when they began, as the lock sees them. */
const running = (processes: Readonly<Record<number, string>>) => async (pid: number) => processes[pid]
const names = () => readdirSync(folder)

async function failureOf(taking: Promise<unknown>): Promise<Failure> {
  const error: unknown = await taking.then(() => undefined).catch((reason: unknown) => reason)
  if (error instanceof Failure) return error
  throw new Error(`not a failure: ${String(error)}`)
}

it('lets one in after the other, and leaves nothing behind', async () => {
  const release = await takeLock(folder)
  expect(names()).toHaveLength(1)
  expect(statSync(join(folder, names()[0]!)).mode & 0o777).toBe(0o600)
  release()
  expect(names()).toEqual([])
  ;(await takeLock(folder))()
  expect(names()).toEqual([])
})

it('waits for a holder that lives, then ends with 6 and says who it is', async () => {
  const startOf = running({ 1: 'a', 2: 'b' })
  await takeLock(folder, { pid: 1, startOf })
  const [holder] = names()
  const begin = Date.now()
  const failure = await failureOf(takeLock(folder, { pid: 2, startOf, patience: 200 }))
  expect(Date.now() - begin).toBeGreaterThanOrEqual(200)
  expect(failure).toMatchObject({ exit: 6, code: 'history-busy', details: { where: { file: join(folder, holder!) } } })
  expect(failure.details.tryThis?.join()).toContain('process 1 ')
  expect(names()).toEqual([holder])
})

it('comes in when the holder ends while it waits', async () => {
  const startOf = running({ 1: 'a', 2: 'b' })
  const release = await takeLock(folder, { pid: 1, startOf })
  const taking = takeLock(folder, { pid: 2, startOf, patience: 10_000 })
  setTimeout(release, 100)
  ;(await taking)()
  expect(names()).toEqual([])
})

it.each([
  ['is gone', running({ 2: 'b' })],
  ['has the id of another that began later', running({ 1: 'later', 2: 'b' })],
])('takes over at once where the holder %s', async (_, startOf) => {
  await takeLock(folder, { pid: 1, startOf: running({ 1: 'a' }) })
  const release = await takeLock(folder, { pid: 2, startOf, patience: 0 })
  expect(names()).toEqual([expect.stringMatching(/^prune\.2\.b\./)])
  release()
})

it('trusts a holder whose begin cannot be told', async () => {
  await takeLock(folder, { pid: 1, startOf: running({ 1: 'a' }) })
  const unknown = running({ 1: 'unknown', 2: 'b' })
  expect(await failureOf(takeLock(folder, { pid: 2, startOf: unknown, patience: 0 }))).toMatchObject({ exit: 6 })
})

it('cannot ask about another machine, and trusts its ticket for an hour', async () => {
  const startOf = running({ 1: 'a', 2: 'b' })
  await takeLock(folder, { pid: 1, host: 'other', startOf })
  const [ticket] = names()
  const failure = await failureOf(takeLock(folder, { pid: 2, startOf: running({ 2: 'b' }), patience: 0 }))
  expect(failure).toMatchObject({ exit: 6 })
  expect(failure.details.tryThis?.join()).toContain('another machine')
  const old = Date.now() / 1000 - 3601
  utimesSync(join(folder, ticket!), old, old)
  ;(await takeLock(folder, { pid: 2, startOf, patience: 0 }))()
  expect(names()).toEqual([])
})

it.runIf(process.platform === 'linux')('takes a container that shares the host name for another machine', async () => {
  await takeLock(folder)
  const [own] = names()
  rmSync(join(folder, own!))
  // As long as the host name alone told machines apart, this process id would be looked for here, and not be found.
  await takeLock(folder, { pid: 1, host: hostname(), startOf: running({ 1: 'a' }) })
  const [other] = names()
  expect(other!.split('.')[3]).not.toBe(own!.split('.')[3])
  expect(await failureOf(takeLock(folder, { patience: 0 }))).toMatchObject({ exit: 6 })
  expect(names()).toEqual([other])
})

it('never has two in at once', async () => {
  const startOf = running(Object.fromEntries(Array.from({ length: 6 }, (_, pid) => [pid + 1, 'a'])))
  let inside = 0
  let most = 0
  const enter = async (pid: number) => {
    for (let turn = 0; turn < 5; turn++) {
      const release = await takeLock(folder, { pid, startOf, patience: 60_000 })
      most = Math.max(most, ++inside)
      await new Promise((done) => setTimeout(done, 3))
      inside--
      release()
    }
  }
  await Promise.all([1, 2, 3, 4, 5, 6].map(enter))
  expect([most, inside, names()]).toEqual([1, 0, []])
})

it('looks at no other file', async () => {
  for (const name of ['scans.jsonl', 'prune.lock', 'prune.1.a.lock']) writeFileSync(join(folder, name), '')
  ;(await takeLock(folder))()
  expect(names()).toEqual(['prune.1.a.lock', 'prune.lock', 'scans.jsonl'])
})

it('is a failure where no ticket can be written', async () => {
  expect(await failureOf(takeLock(join(folder, 'nowhere')))).toMatchObject({ exit: 5 })
})

it('real processes: their begin stays, and they are gone when killed', async () => {
  const child: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const [own, other] = [await processStart(process.pid), await processStart(child.pid!)]
  expect(own).toMatch(/^[0-9a-f]{16}$/)
  expect(other).toMatch(/^[0-9a-f]{16}$/)
  expect(other).not.toBe(own)
  expect([await processStart(process.pid), await processStart(child.pid!)]).toEqual([own, other])
  await takeLock(folder, { pid: child.pid! })
  expect(await failureOf(takeLock(folder, { patience: 0 }))).toMatchObject({ exit: 6 })
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(await processStart(child.pid!)).toBeUndefined()
  ;(await takeLock(folder, { patience: 0 }))()
  expect(names()).toEqual([])
})

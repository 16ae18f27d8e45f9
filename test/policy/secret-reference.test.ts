import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { resolveSecret, Secret } from '../../src/policy/secret-reference.js'

const canary = 'canary-4f1d9a'
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-secret-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('shows itself in no text, log or JSON', () => {
  const secret = new Secret(canary)
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9 }),
    format('%o', secret),
  ]
  for (const text of shown) expect(text).not.toContain(canary)
  expect(secret.reveal()).toBe(canary)
})

it('reads the environment, and a file of its owner alone', async () => {
  expect((await resolveSecret('env:TOKEN', { TOKEN: canary })).reveal()).toBe(canary)
  const file = join(folder, 'token')
  await writeFile(file, `${canary}\n`, { mode: 0o600 })
  expect((await resolveSecret(`file:${file}`, {})).reveal()).toBe(canary)
})

it('reads a relative path from the folder that is given, and says the reference as it was written', async () => {
  await mkdir(join(folder, 'secrets'))
  await writeFile(join(folder, 'secrets', 'token'), canary, { mode: 0o600 })
  expect((await resolveSecret('file:secrets/token', {}, folder)).reveal()).toBe(canary)
  expect((await resolveSecret(`file:${join(folder, 'secrets', 'token')}`, {}, '/nonexistent')).reveal()).toBe(canary)
  await expect(resolveSecret('file:secrets/none', {}, folder)).rejects.toMatchObject({
    code: 'secret-missing',
    details: { tryThis: ['file:secrets/none: Set it, then run again.'] },
  })
  await expect(resolveSecret('file:secrets/token', {})).rejects.toMatchObject({ code: 'secret-missing' })
})

it.each([
  ['a variable that is not set', 'env:TOKEN', {}, 'secret-missing'],
  ['an empty one', 'env:TOKEN', { TOKEN: '' }, 'secret-missing'],
  ['a line break', 'env:TOKEN', { TOKEN: `${canary}\r\nX-Other: 1` }, 'secret-invalid'],
  ['a file that is not there', 'file:/nonexistent/token', {}, 'secret-missing'],
])('refuses %s without showing it', async (_, reference, environment, code) => {
  const failure: unknown = await resolveSecret(reference, environment).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Failure)
  expect(failure).toMatchObject({ code, exit: 4 })
  expect(inspect(failure)).not.toContain(canary)
})

it.skipIf(process.platform === 'win32')('refuses a file that others can read', async () => {
  const file = join(folder, 'open')
  await writeFile(file, canary)
  await chmod(file, 0o644)
  await expect(resolveSecret(`file:${file}`, {})).rejects.toMatchObject({ code: 'secret-readable' })
})

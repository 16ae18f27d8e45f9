import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { loadPolicy } from '../../src/policy/load-policy.js'
import { answersOf, checkOutput, writePolicy } from '../../src/report/init-run.js'

const folder = mkdtempSync(join(tmpdir(), 'fleet-init-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const output = 'fleet.yaml'
const collector = 'https://otel.example.com:4318'

async function failureOf(run: () => unknown): Promise<Failure> {
  const error: unknown = await Promise.resolve()
    .then(run)
    .then(() => undefined)
    .catch((reason: unknown) => reason)
  if (error instanceof Failure) return error
  throw new Error(`not a failure: ${String(error)}`)
}

describe('a header under grpc', () => {
  it('is refused with the advice of the build, which would refuse it too', async () => {
    const flags = { output, collector, protocol: 'grpc', header: ['X-Team=plain:it', 'Authorization=env:TOKEN'] }
    const { code, exit, details } = await failureOf(() => answersOf(flags))
    expect([code, exit]).toEqual(['helper-not-read', 2])
    expect(details.tryThis?.[0]).toContain('http/protobuf')
  })

  it.each([
    ['it is no secret', { protocol: 'grpc', header: ['X-Team=plain:it'] }],
    ['the protocol is another', { protocol: 'http/json', header: ['Authorization=env:TOKEN'] }],
    ['the protocol is the default', { header: ['Authorization=env:TOKEN'] }],
    ['there is none', { protocol: 'grpc' }],
  ])('is taken where %s', (_, flags) => {
    expect(answersOf({ output, collector, ...flags }).telemetry?.endpoint).toBe(collector)
  })
})

describe('the file to write', () => {
  it.each(['-', ''])('is not %j', async (name) => {
    const { code, exit, message } = await failureOf(() => checkOutput({ output: name, force: true }))
    expect([code, exit]).toEqual(['wrong-use', 2])
    expect(message).toContain('never to stdout')
  })

  it('may not be there, is no folder and no device, whether or not --force is given', async () => {
    const there = join(folder, 'there.yaml')
    writeFileSync(there, '')
    await expect(checkOutput({ output: join(folder, 'new.yaml') })).resolves.toBeUndefined()
    await expect(checkOutput({ output: there, force: true })).resolves.toBeUndefined()
    expect(await failureOf(() => checkOutput({ output: there }))).toMatchObject({
      message: 'There is a policy already.',
    })
    for (const force of [true, false])
      expect(await failureOf(() => checkOutput({ output: folder, force }))).toMatchObject({
        code: 'output-refused',
        exit: 5,
        message: 'The target is a folder.',
      })
    if (process.platform === 'win32') return
    execFileSync('mkfifo', [join(folder, 'fifo')])
    for (const device of ['/dev/null', join(folder, 'fifo')])
      expect(await failureOf(() => checkOutput({ output: device, force: true }))).toMatchObject({
        code: 'output-refused',
        message: 'The target is a device or pipe, not a file.',
      })
  })

  it('is not written where an answer does not fit', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'))
    const flags = { output: join(empty, output), organization: 'Ac\u202eme' }
    const { message, details } = await failureOf(() => writePolicy(answersOf(flags), flags))
    expect(message).toBe('An answer does not fit.')
    expect(details.tryThis).toEqual([
      'organization: holds a control character, a line break or a mark that turns the reading direction',
    ])
    expect(readdirSync(empty)).toEqual([])
  })
})

it('says of each example that is the default that it is', async () => {
  const file = join(folder, 'commented.yaml')
  await writePolicy(answersOf({ output: file }), { output: file })
  const text = readFileSync(file, 'utf8')
  // The section alone, without the lines that are marked: the same policy.
  const uncommented = text.replace(/^( *)# (?=(?: *[a-zA-Z-]+:| *- \{))/gm, '$1')
  const short = uncommented
    .split('\n')
    .filter((line) => !line.includes('# the default'))
    .join('\n')
  expect(short.split('\n').length).toBeLessThan(uncommented.split('\n').length - 6)
  const [whole, without] = [join(folder, 'whole.yaml'), join(folder, 'without.yaml')]
  writeFileSync(whole, uncommented)
  writeFileSync(without, short)
  expect((await loadPolicy(without)).policy).toEqual((await loadPolicy(whole)).policy)
})

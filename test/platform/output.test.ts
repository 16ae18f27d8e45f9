import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { listenForErrors, writeOut } from '../../src/platform/output.js'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-output-'))
  await build({
    entryPoints: ['src/platform/output.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(folder, 'output.mjs'),
  })
  writeFileSync(
    join(folder, 'child.mjs'),
    `import { listenForErrors, writeOut } from './output.mjs'
    const [how] = process.argv.slice(2)
    listenForErrors([process.stdout, process.stderr], (failure) => { process.exitCode = failure.exit })
    function* lines() { for (let index = 0; index < 300000; index++) yield 'line ' + index + '\\n' }
    try {
      if (how === 'log') for (let index = 0; index < 1000; index++) process.stdout.write('x'.repeat(1000))
      else if (how === 'stderr') for (let index = 0; index < 1000; index++) process.stderr.write('x'.repeat(1000))
      else {
        const result = await writeOut(process.stdout, lines())
        const again = await writeOut(process.stdout, ['end\\n'])
        process.stderr.write(result + ' ' + again)
      }
    } catch (error) {
      process.stderr.write(error.code + ' ' + error.message)
      process.exitCode = error.exit
    }`,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

function shell(command: string): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  return { code: status, out: stdout, err: stderr }
}

test('everything arrives through a pipe and in a file', () => {
  const wanted = `${Array.from({ length: 300_000 }, (_, index) => `line ${index}\n`).join('')}end\n`
  const piped = shell('node child.mjs | cat')
  expect([piped.code, piped.out === wanted, piped.err]).toEqual([0, true, 'written written'])
  execFileSync('bash', ['-c', 'echo first > out.txt; node child.mjs >> out.txt 2>/dev/null'], { cwd: folder })
  expect(readFileSync(join(folder, 'out.txt'), 'utf8') === `first\n${wanted}`).toBe(true)
})

test('a reader that goes away ends it quietly', () => {
  expect(shell('node child.mjs | head -n 1')).toEqual({ code: 0, out: 'line 0\n', err: 'closed closed' })
  expect(shell('node child.mjs log | head -c 1')).toEqual({ code: 0, out: 'x', err: '' })
  expect(shell('node child.mjs stderr 2>&1 >/dev/null | head -c 1')).toEqual({ code: 0, out: 'x', err: '' })
})

test.runIf(process.platform === 'linux')('a full disk is code 5 in one line', () => {
  const full = shell('node child.mjs > /dev/full')
  expect(full).toEqual({ code: 5, out: '', err: 'output-failed The output could not be written: the disk is full.' })
  expect(shell('node child.mjs log > /dev/full')).toEqual({ code: 5, out: '', err: '' })
})

test.runIf(process.platform === 'linux')('a file that takes only part of a write is no success', () => {
  // A limit on the file size gives real short writes, as a nearly full disk does.
  const limited = shell('ulimit -f 100; node child.mjs > limited.txt')
  expect([limited.code, limited.err]).toEqual([5, 'output-failed The output could not be written.'])
})

test('a slow reader slows the writer down', async () => {
  const stream = new PassThrough({ highWaterMark: 1000 })
  let made = 0
  function* blocks() {
    for (; made < 100; made++) yield Buffer.alloc(1000)
  }
  const writing = writeOut(stream, blocks())
  await new Promise((done) => setTimeout(done, 20))
  expect(made).toBeLessThan(5)
  let read = 0
  stream.on('data', (chunk: Buffer) => {
    read += chunk.length
  })
  expect(await writing).toBe('written')
  expect(read).toBe(100_000)
  expect(stream.listenerCount('error')).toBe(0)
})

const failingWith = (code: string) =>
  new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('secret'), { code })) })

test.each(['EPIPE', 'EOF', 'ECONNRESET'])('%s means closed, later too', async (code) => {
  const stream = failingWith(code)
  expect(await writeOut(stream, ['x'])).toBe('closed')
  expect(await writeOut(stream, ['x'])).toBe('closed')
})

test('other errors are failures that do not quote the system', async () => {
  const error = await writeOut(failingWith('EIO'), ['x']).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Failure)
  expect(error).toMatchObject({ exit: 5, code: 'output-failed', message: 'The output could not be written.' })
})

test('an error of the content is not taken for one of the stream', async () => {
  function* broken() {
    yield 'x'
    throw new Error('a bug')
  }
  const stream = new PassThrough()
  await expect(writeOut(stream, broken())).rejects.toThrow('a bug')
  expect(stream.listenerCount('error')).toBe(0)
})

test('listeners tell of everything but a closed reader', async () => {
  const told: string[] = []
  const streams = ['EPIPE', 'ENOSPC'].map(failingWith)
  listenForErrors(streams, ({ message }) => told.push(message))
  for (const stream of streams) stream.write('x')
  await new Promise((done) => setImmediate(done))
  expect(told).toEqual(['The output could not be written: the disk is full.'])
})

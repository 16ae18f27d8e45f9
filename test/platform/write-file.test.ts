import { spawnSync } from 'node:child_process'
import fs, {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { type FileContent, type FileOperations, writeFileSafely } from '../../src/platform/write-file.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-write-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})
const at = (name: string) => join(folder, name)
const systemError = (code: string) => Object.assign(new Error(`${code}: secret path`), { code })

/** Real operations that count, of which the n-th fails. */
function failing(nth: number, code = 'EIO'): { operations: FileOperations; calls: string[] } {
  const calls: string[] = []
  const operations = new Proxy(fs, {
    get(target, name) {
      const operation = Reflect.get(target, name)
      if (typeof operation !== 'function') return operation
      return (...parts: unknown[]) => {
        calls.push(String(name))
        if (calls.length === nth) throw systemError(code)
        return operation(...parts)
      }
    },
  })
  return { operations, calls }
}

async function* rows(): AsyncGenerator<string | Uint8Array> {
  for (let index = 0; index < 20_000; index++) {
    yield `row ${index} 名前\n`
    if (index % 5000 === 0) yield Buffer.from('bytes\n')
  }
}

const reused = Buffer.alloc(10)
function* reusing(): Generator<Uint8Array | string> {
  for (const letter of 'abc') {
    reused.fill(letter)
    yield reused
    yield '-'
  }
}

test.each<[string, FileContent, string]>([
  ['text', 'new 名前', 'new 名前'],
  ['nothing', '', ''],
  ['bytes', Buffer.from('new'), 'new'],
  ['pieces', ['a', Buffer.from('b'), 'c'], 'abc'],
  ['a buffer used again', reusing(), 'aaaaaaaaaa-bbbbbbbbbb-cccccccccc-'],
])('%s is written with exact rights', async (_, content, text) => {
  const before = process.umask(0o077)
  try {
    await writeFileSafely(at('out'), content, { mode: 0o644 })
  } finally {
    process.umask(before)
  }
  expect(readFileSync(at('out'), 'utf8')).toBe(text)
  expect(statSync(at('out')).mode & 0o777).toBe(0o644)
  expect(readdirSync(folder)).toEqual(['out'])
})

test('rights are 0600 unless given, and a stream is written whole', async () => {
  let wanted = ''
  for await (const piece of rows()) wanted += piece.toString()
  await writeFileSafely(at('out'), rows())
  expect(readFileSync(at('out'), 'utf8')).toBe(wanted)
  expect(statSync(at('out')).mode & 0o777).toBe(0o600)
})

test('whichever operation fails, the file is old or new, never half, and failure is code 5', async () => {
  const { operations, calls } = failing(0)
  await writeFileSafely(at('count'), ['new ', 'content'], { operations, neverOver: [at('input')] })
  writeFileSync(at('out'), 'old')
  await writeFileSafely(at('out'), 'old', { operations, neverOver: [at('input')] })
  const total = calls.length
  expect(total).toBeGreaterThan(15)
  const failed: string[] = []
  for (let nth = 1; nth <= total; nth++) {
    for (const code of ['EIO', 'ENOSPC', 'EACCES']) {
      writeFileSync(at('out'), 'old')
      const faulty = failing(nth, code)
      const error = await writeFileSafely(at('out'), ['new ', 'content'], {
        operations: faulty.operations,
        neverOver: [at('input')],
      }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      const text = readFileSync(at('out'), 'utf8')
      if (error === undefined) {
        expect(text).toBe('new content')
        continue
      }
      expect(error).toBeInstanceOf(Failure)
      expect(error).toMatchObject({ exit: 5, code: 'output-failed' })
      expect((error as Failure).message).not.toContain('secret')
      const renamed = faulty.calls.indexOf('renameSync')
      const afterRename = renamed !== -1 && renamed + 1 < nth
      expect(text).toBe(afterRename ? 'new content' : 'old')
      failed.push(faulty.calls[nth - 1]!)
      for (const name of readdirSync(folder)) if (name.startsWith('.fleet')) rmSync(at(name))
    }
  }
  expect(new Set(failed)).toEqual(
    new Set(
      [
        'lstatSync',
        'statSync',
        'openSync',
        'fchmodSync',
        'writeSync',
        'fsyncSync',
        'fstatSync',
        'closeSync',
        'renameSync',
      ].filter((name) => process.getuid?.() === 0 || name !== 'statSync'),
    ),
  )
})

test('nothing is left behind when an operation fails', async () => {
  for (const name of ['fchmodSync', 'writeSync', 'fsyncSync', 'fstatSync', 'renameSync'] as const) {
    const operations = {
      ...fs,
      [name]: () => {
        throw systemError('ENOSPC')
      },
    }
    await expect(writeFileSafely(at('out'), 'new', { operations })).rejects.toMatchObject({
      exit: 5,
      message: expect.stringContaining('disk is full'),
    })
    expect(readdirSync(folder)).toEqual([])
  }
})

test('short writes are continued, a disk that takes less is noticed', async () => {
  const short = (file: number, bytes: Uint8Array, from: number, length: number) =>
    fs.writeSync(file, bytes, from, Math.min(length, 3))
  await writeFileSafely(at('out'), 'a longer text', { operations: { ...fs, writeSync: short as typeof fs.writeSync } })
  expect(readFileSync(at('out'), 'utf8')).toBe('a longer text')
  const nothing = (() => 0) as typeof fs.writeSync
  const lying = ((_file: number, _bytes: Uint8Array, _from: number, length: number) => length) as typeof fs.writeSync
  for (const writeSync of [nothing, lying]) {
    await expect(writeFileSafely(at('out'), 'new', { operations: { ...fs, writeSync } })).rejects.toMatchObject({
      exit: 5,
      code: 'output-failed',
    })
    expect(readFileSync(at('out'), 'utf8')).toBe('a longer text')
  }
})

test.runIf(process.platform === 'linux')('a real short write is no success', async () => {
  await build({
    stdin: {
      contents: `import { writeFileSafely } from './src/platform/write-file.ts'
        await writeFileSafely('out', 'x'.repeat(400_000)).catch((error) => { process.exitCode = error.exit })`,
      resolveDir: '.',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: at('child.mjs'),
  })
  writeFileSync(at('out'), 'old')
  const { status } = spawnSync('bash', ['-c', 'ulimit -f 100; node child.mjs'], { cwd: folder })
  expect([status, readFileSync(at('out'), 'utf8')]).toEqual([5, 'old'])
  expect(readdirSync(folder)).toEqual(['child.mjs', 'out'])
})

test('an error of the content passes through and leaves the old file', async () => {
  writeFileSync(at('out'), 'old')
  async function* broken() {
    yield 'x'.repeat(1_000_000)
    throw new Error('a bug')
  }
  await expect(writeFileSafely(at('out'), broken())).rejects.toThrow('a bug')
  expect(readFileSync(at('out'), 'utf8')).toBe('old')
  expect(readdirSync(folder)).toEqual(['out'])
})

test('links, folders, devices and inputs are never written over', async () => {
  writeFileSync(at('input'), 'data')
  linkSync(at('input'), at('hard'))
  symlinkSync('input', at('link'))
  symlinkSync('nowhere', at('dangling'))
  mkdirSync(at('sub'))
  for (const name of ['link', 'dangling', 'sub', 'input', 'hard', 'sub/../input']) {
    const writing = writeFileSafely(`${folder}/${name}`, 'new', {
      neverOver: [at('input'), at('input/entry.csv'), at('gone')],
    })
    await expect(writing).rejects.toMatchObject({ exit: 5, code: 'output-refused' })
  }
  await expect(writeFileSafely('/dev/null', 'new')).rejects.toMatchObject({ code: 'output-refused' })
  expect(readFileSync(at('input'), 'utf8')).toBe('data')
  expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
  expect(existsSync(at('nowhere'))).toBe(false)
})

test('a link that appears while writing is refused too', async () => {
  async function* slow() {
    yield 'x'
    symlinkSync('/etc/passwd', at('out'))
  }
  await expect(writeFileSafely(at('out'), slow())).rejects.toMatchObject({ code: 'output-refused' })
  expect(readdirSync(folder)).toEqual(['out'])
})

test('a missing folder is named as such', async () => {
  await expect(writeFileSafely(at('no/out'), 'x')).rejects.toMatchObject({
    exit: 5,
    message: expect.stringContaining('folder does not exist'),
  })
})

test.runIf(process.getuid?.() === 0)('root does not write where everybody may', async () => {
  chmodSync(folder, 0o777)
  await expect(writeFileSafely(at('out'), 'x')).rejects.toMatchObject({ code: 'output-refused' })
  chmodSync(folder, 0o1777)
  await writeFileSafely(at('out'), 'x')
})

test('old leftovers are removed, fresh and foreign files stay', async () => {
  const old = `.fleet-${'0'.repeat(24)}.partial`
  const fresh = `.fleet-${'1'.repeat(24)}.partial`
  for (const name of [old, fresh, '.fleet-mine.partial']) writeFileSync(at(name), 'x')
  for (const name of [old, '.fleet-mine.partial']) utimesSync(at(name), 1, 1)
  await writeFileSafely(at('out'), 'x')
  expect(readdirSync(folder)).toEqual([fresh, '.fleet-mine.partial', 'out'])
})

test('on Windows a file that a scanner holds is tried again, and folders are not synced', async () => {
  let tries = 0
  const renameSync = (from: fs.PathLike, to: fs.PathLike) => {
    if (++tries < 4) throw systemError('EPERM')
    fs.renameSync(from, to)
  }
  await writeFileSafely(at('out'), 'x', { operations: { ...fs, renameSync }, platform: 'win32' })
  expect([tries, readFileSync(at('out'), 'utf8')]).toEqual([4, 'x'])
  const never = {
    ...fs,
    renameSync: () => {
      throw systemError('EBUSY')
    },
  }
  await expect(writeFileSafely(at('out'), 'y', { operations: never, platform: 'win32' })).rejects.toMatchObject({
    exit: 5,
  })
  expect(readFileSync(at('out'), 'utf8')).toBe('x')
})

import { spawnSync } from 'node:child_process'
import fs, {
  chmodSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AppendOperations, appendSnapshot } from '../../src/history/append-snapshot.js'
import { historyFile } from '../../src/history/history-file.js'
import { readHistory } from '../../src/history/read-history.js'
import { encodeRecord } from '../../src/history/record.js'
import { Failure } from '../../src/platform/failure.js'
import { snapshotOf } from '../builders/snapshot.js'

let base: string
let folder: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'fleet-append-'))
  folder = join(base, '.fleet', 'history')
})
afterEach(() => {
  rmSync(base, { recursive: true })
})

const snapshot = snapshotOf(3)
const runsOf = async () => (await readHistory(folder))?.runs.map(({ run }) => run)
const systemError = (code: string) => Object.assign(new Error(`${code}: secret path`), { code })

async function failureOf(appending: Promise<unknown>): Promise<Failure> {
  const error: unknown = await appending.then(() => undefined).catch((reason: unknown) => reason)
  if (error instanceof Failure) return error
  throw new Error(`not a failure: ${String(error)}`)
}

/** Real operations, some of them replaced. */
function operations(replaced: Partial<Record<keyof AppendOperations, unknown>>): AppendOperations {
  return { ...fs, ...(replaced as Partial<AppendOperations>) }
}

describe('appending', () => {
  it('makes the folder and the file for their owner only, whatever the umask', async () => {
    const before = process.umask(0)
    try {
      await appendSnapshot(folder, snapshot)
    } finally {
      process.umask(before)
    }
    const mode = (path: string) => statSync(path).mode & 0o777
    expect([mode(join(base, '.fleet')), mode(folder), mode(historyFile(folder))]).toEqual([0o700, 0o700, 0o600])
    expect(readdirSync(folder)).toEqual(['scans.jsonl'])
  })

  it('uses one write, and syncs the file and the folder of a new file', async () => {
    const calls: string[] = []
    const spying = new Proxy(fs, {
      get(target, name) {
        const operation = Reflect.get(target, name) as unknown
        if (typeof operation !== 'function') return operation
        return (...parts: unknown[]) => {
          calls.push(String(name))
          return operation(...parts) as unknown
        }
      },
    })
    await appendSnapshot(folder, snapshotOf(20_000), { operations: spying })
    expect(calls.filter((name) => /write|fsync/.test(name))).toEqual(['writeSync', 'fsyncSync', 'fsyncSync'])
    calls.length = 0
    await appendSnapshot(folder, snapshot, { operations: spying })
    expect(calls.filter((name) => /write|fsync/.test(name))).toEqual(['writeSync', 'fsyncSync'])
  })

  it('gives every run another id', async () => {
    const ids = [await appendSnapshot(folder, snapshot), await appendSnapshot(folder, snapshot)]
    expect(new Set(ids).size).toBe(2)
    expect(await runsOf()).toEqual(ids)
  })

  it('appends again when the file was replaced before it was safe there', async () => {
    const first = await appendSnapshot(folder, snapshot)
    let replaced = 0
    const second = await appendSnapshot(folder, snapshot, {
      operations: operations({
        fsyncSync(fd: number) {
          fs.fsyncSync(fd)
          if (replaced++ > 0) return
          // A prune that read the file before the record came.
          writeFileSync(join(folder, 'new'), readFileSync(historyFile(folder), 'utf8').split('\n')[1]!)
          fs.renameSync(join(folder, 'new'), historyFile(folder))
        },
      }),
    })
    expect(await runsOf()).toEqual([first, second])
  })

  it('appends again when the file was taken away', async () => {
    await appendSnapshot(folder, snapshot)
    let removed = false
    const second = await appendSnapshot(folder, snapshot, {
      operations: operations({
        writeSync(...parts: Parameters<typeof fs.writeSync>) {
          if (!removed) rmSync(historyFile(folder))
          removed = true
          return fs.writeSync(...parts)
        },
      }),
    })
    expect(await runsOf()).toEqual([second])
  })

  it('does not go on for ever when the file is replaced again and again', async () => {
    const failure = await failureOf(
      appendSnapshot(folder, snapshot, {
        operations: operations({
          fsyncSync() {
            rmSync(historyFile(folder), { force: true })
          },
        }),
      }),
    )
    expect(failure).toMatchObject({ exit: 5, code: 'history-failed' })
  })
})

describe('a history that cannot be written', () => {
  it.each([
    ['a link to a file', () => symlinkSync(join(base, 'other'), historyFile(folder))],
    ['a link to nothing', () => symlinkSync(join(base, 'nothing'), historyFile(folder))],
    ['a folder', () => mkdirSync(historyFile(folder))],
    ['a link to a folder', () => symlinkSync(base, historyFile(folder))],
    ['a pipe', () => expect(spawnSync('mkfifo', [historyFile(folder)]).status).toBe(0)],
    ['a link to a device', () => symlinkSync('/dev/full', historyFile(folder))],
  ])('is refused, to read (4) and to write (5): %s', { timeout: 5000 }, async (_, make) => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(base, 'other'), 'kept')
    make()
    const before = lstatSync(historyFile(folder))
    const refused = { code: 'history-not-a-file', details: { where: { file: historyFile(folder) } } }
    expect(await failureOf(appendSnapshot(folder, snapshot))).toMatchObject({ exit: 5, ...refused })
    expect(await failureOf(readHistory(folder))).toMatchObject({ exit: 4, ...refused })
    expect(lstatSync(historyFile(folder)).mtimeMs).toBe(before.mtimeMs)
    expect(readFileSync(join(base, 'other'), 'utf8')).toBe('kept')
    expect(existsSync(join(base, 'nothing'))).toBe(false)
  })

  it.each(['mkdirSync', 'lstatSync', 'openSync', 'fstatSync', 'readSync', 'writeSync', 'fsyncSync'] as const)(
    'is a failure with a text of ours when %s fails',
    async (name) => {
      await appendSnapshot(folder, snapshot)
      for (const code of ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EDQUOT']) {
        const failing = operations({
          [name]: () => {
            throw systemError(code)
          },
        })
        const failure = await failureOf(appendSnapshot(folder, snapshot, { operations: failing }))
        expect(failure.exit).toBe(5)
        expect(failure.message).not.toMatch(/secret|ENO|EIO/)
        expect([folder, historyFile(folder)]).toContain(failure.details.where?.file)
      }
      expect((await readHistory(folder))?.runs.length).toBeGreaterThan(0)
    },
  )

  it('is a failure when the disk takes a part only, and the next append is whole', async () => {
    const first = await appendSnapshot(folder, snapshot)
    const short = operations({
      writeSync: (fd: number, bytes: Uint8Array) => fs.writeSync(fd, bytes, 0, 500),
    })
    const failure = await failureOf(appendSnapshot(folder, snapshot, { operations: short }))
    expect(failure).toMatchObject({ exit: 5, message: 'The disk took less than was written.' })
    expect((await readHistory(folder))?.problems).toMatchObject([{ line: 4, code: 'torn' }])
    const second = await appendSnapshot(folder, snapshot)
    expect(await runsOf()).toEqual([first, second])
  })

  it.runIf(process.platform === 'linux')('is a failure when a real limit cuts the write', async () => {
    await build({
      entryPoints: [resolve(import.meta.dirname, '../builders/programs/append-history.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: join(base, 'append.mjs'),
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    })
    const { status, stdout } = spawnSync('bash', ['-c', `ulimit -f 100; node append.mjs ${folder} 1 4000`], {
      cwd: base,
      encoding: 'utf8',
    })
    expect([status, stdout]).toEqual([1, ''])
    expect(statSync(historyFile(folder)).size).toBe(100 * 1024)
    expect((await readHistory(folder))?.problems).toMatchObject([{ code: 'torn' }])
    const run = await appendSnapshot(folder, snapshot)
    expect(await runsOf()).toEqual([run])
  })

  it('is a failure where the folder cannot be made', async () => {
    writeFileSync(join(base, '.fleet'), 'a file')
    const failure = await failureOf(appendSnapshot(folder, snapshot))
    expect(failure).toMatchObject({ exit: 5, code: 'history-not-a-folder' })
    expect(readFileSync(join(base, '.fleet'), 'utf8')).toBe('a file')
    expect(await readHistory(folder).catch((error: unknown) => error)).toMatchObject({
      exit: 4,
      code: 'history-not-a-folder',
    })
  })

  it.skipIf(process.getuid?.() === 0)('is a failure in a folder that may only be read', async () => {
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o500)
    expect(await failureOf(appendSnapshot(folder, snapshot))).toMatchObject({ exit: 5 })
  })

  it.runIf(process.getuid?.() === 0)('is refused to root where a link of another user leads', async () => {
    mkdirSync(join(base, 'elsewhere'))
    symlinkSync(join(base, 'elsewhere'), join(base, '.fleet'))
    await appendSnapshot(folder, snapshot)
    lchownSync(join(base, '.fleet'), 1000, 1000)
    expect(await failureOf(appendSnapshot(folder, snapshot))).toMatchObject({ exit: 5, code: 'output-refused' })
    expect((await readHistory(folder))?.runs.length).toBe(1)
  })

  it.runIf(process.getuid?.() === 0)('is refused to root in a folder that everybody may change', async () => {
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o777)
    expect(await failureOf(appendSnapshot(folder, snapshot))).toMatchObject({ exit: 5, code: 'output-refused' })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a history of a newer fleet', () => {
  const newer = '{"schema":2,"other":"form"}\n'
  it.each([
    ['alone', [newer]],
    ['torn', ['{"schema":2,"other']],
    ['at the end', [encodeRecord('00000000-0000-4000-8000-000000000001', snapshot), newer]],
    ['at the end, torn', [encodeRecord('00000000-0000-4000-8000-000000000001', snapshot), '\n{"schema":17,']],
    [
      'at the end, and very long',
      [encodeRecord('00000000-0000-4000-8000-000000000001', snapshot), `{"schema":2,"x":"${'x'.repeat(900_000)}"}\n`],
    ],
    ['at the beginning', [newer, encodeRecord('00000000-0000-4000-8000-000000000001', snapshot)]],
    ['behind empty lines', ['\n\n', newer]],
  ])('is not written to: %s', async (_, parts) => {
    mkdirSync(folder, { recursive: true })
    const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)))
    writeFileSync(historyFile(folder), bytes)
    expect(await failureOf(appendSnapshot(folder, snapshot))).toMatchObject({ exit: 5, code: 'history-newer' })
    expect(readFileSync(historyFile(folder)).equals(bytes)).toBe(true)
  })

  it('is told from one whose records are long', async () => {
    await appendSnapshot(folder, snapshotOf(20_000))
    await appendSnapshot(folder, snapshotOf(20_000))
    linkSync(historyFile(folder), join(base, 'same'))
    await appendSnapshot(folder, snapshot)
    expect(statSync(join(base, 'same')).nlink).toBe(2)
    expect(await runsOf()).toHaveLength(3)
  })
})

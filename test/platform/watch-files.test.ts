import { link, mkdir, mkdtemp, realpath, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Changes,
  changesBetween,
  isUnfinished,
  lookAtFiles,
  realPathOf,
  type Sight,
  settledChanges,
} from '../../src/platform/watch-files.js'

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'fleet-watch-')))
  folders.push(folder)
})

const namesIn = async (...own: string[]) =>
  [...(await lookAtFiles([folder], (path) => own.includes(path))).files.keys()]
    .map((path) => path.slice(folder.length + 1))
    .sort()

describe('lookAtFiles', () => {
  it('sees files in folders, and neither hidden nor unfinished ones, nor what is left out', async () => {
    await mkdir(join(folder, 'more/history'), { recursive: true })
    await mkdir(join(folder, '.fleet'))
    const names = ['a.csv', 'more/b.csv', 'more/history/scans.jsonl', '.fleet/scans.jsonl', '.hidden', 'scan.json']
    for (const name of [...names, 'c.csv.partial', 'd.crdownload', 'e.TMP']) await writeFile(join(folder, name), name)
    expect(await namesIn(join(folder, 'more/history'), join(folder, 'scan.json'))).toEqual(['a.csv', 'more/b.csv'])
  })

  it('sees a file that was named, whatever its name', async () => {
    const file = join(folder, '.export.tmp')
    await writeFile(file, '')
    expect([...(await lookAtFiles([file])).files.keys()]).toEqual([file])
  })

  it('leaves out what is not there', async () => {
    expect(await lookAtFiles([join(folder, 'nothing')])).toEqual({ files: new Map(), latest: 0, cut: false })
  })

  it('looks at the first of too many files in the order of their names, and says that there are more', async () => {
    const names = ['c.csv', 'a.csv', 'e.csv', 'b/z.csv', 'd.csv', 'b/a.csv']
    await mkdir(join(folder, 'b'))
    for (const name of names) await writeFile(join(folder, name), name)
    const look = (most: number) => lookAtFiles([folder], undefined, most)
    const { files, cut } = await look(3)
    expect([...files.keys()]).toEqual(['a.csv', 'b/a.csv', 'b/z.csv'].map((name) => join(folder, name)))
    expect(cut).toBe(true)
    const all = await look(6)
    expect([all.files.size, all.cut]).toEqual([6, false])
    expect((await lookAtFiles([folder, join(folder, 'a.csv')], undefined, 6)).cut).toBe(false)
    // A file that was named, such as the policy, is looked at even so.
    expect((await lookAtFiles([folder, join(folder, 'e.csv')], undefined, 3)).files.has(join(folder, 'e.csv'))).toBe(
      true,
    )
  })

  it('enters no links to folders, and knows a file left out by its link and under another way to the folder', async () => {
    await mkdir(join(folder, 'real'))
    await writeFile(join(folder, 'real/scan.json'), '')
    await writeFile(join(folder, 'real/a.csv'), '')
    await symlink('.', join(folder, 'real/circle'))
    await symlink('scan.json', join(folder, 'real/link.json'))
    await symlink('nowhere', join(folder, 'real/broken'))
    await symlink('real', join(folder, 'way'))
    const output = await realPathOf(join(folder, 'way/scan.json'))
    expect([...(await lookAtFiles([join(folder, 'way')], (path) => path === output)).files.keys()]).toEqual([
      join(folder, 'way/a.csv'),
    ])
  })

  it('notices a copy that gets the date of its original at the end, of the same size', async () => {
    const file = join(folder, 'a.csv')
    await writeFile(file, 'x'.repeat(1000))
    const before = await lookAtFiles([folder])
    await utimes(file, new Date('2020-01-01'), new Date('2020-01-01'))
    const after = await lookAtFiles([folder])
    expect(changesBetween(before.files, after.files).changed).toEqual([file])
    // The copy was completed now, whatever its date says.
    expect(after.latest).toBeGreaterThan(Date.now() - 60_000)
  })

  it('notices another file of the same size and date that takes the name', async () => {
    const date = new Date('2026-11-20')
    for (const name of ['a.csv', 'b.csv']) {
      await writeFile(join(folder, name), name)
      await utimes(join(folder, name), date, date)
    }
    await link(join(folder, 'a.csv'), join(folder, 'kept'))
    const before = await lookAtFiles([folder])
    await rename(join(folder, 'b.csv'), join(folder, 'a.csv'))
    const changes = changesBetween(before.files, (await lookAtFiles([folder])).files)
    expect(changes.changed).toContain(join(folder, 'a.csv'))
    expect(changes.removed).toEqual([join(folder, 'b.csv')])
  })
})

it.each([
  ['.a.csv', true],
  ['a.csv.part', true],
  ['a.csv.PARTIAL', true],
  ['a.filepart', true],
  ['Unconfirmed 1.crdownload', true],
  ['a.csv', false],
  ['partial.csv', false],
  ['tmp', false],
])('%s is unfinished: %s', (name, unfinished) => {
  expect(isUnfinished(name)).toBe(unfinished)
})

/** Looks that were written down before; time passes only while the watch waits. */
async function watchStory(
  looks: readonly Readonly<Record<string, number>>[],
  { settle = 5000, age = 1e9 }: { settle?: number; age?: number } = {},
) {
  let time = 0
  let turn = 0
  const given: { at: number; looked: number; changes: Changes }[] = []
  const unrest: (Changes | undefined)[] = []
  const end = new Error('the story is over')
  const look = async (): Promise<Sight> => {
    const files = looks[turn]
    if (!files) throw end
    turn += 1
    return {
      files: new Map(Object.entries(files).map(([name, size]) => [name, String(size)])),
      latest: 1e12 - age,
      cut: false,
    }
  }
  const clock = {
    now: () => time,
    today: () => 1e12 + time,
    wait: async (milliseconds: number) => {
      time += milliseconds
    },
  }
  try {
    for await (const changes of settledChanges({ look, settle, onUnrest: (changes) => unrest.push(changes), clock }))
      given.push({ at: time, looked: turn - 1, changes })
  } catch (error) {
    if (error !== end) throw error
  }
  return { given, unrest }
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

describe('settledChanges', () => {
  it('gives what is there at once, and nothing while nothing changes', async () => {
    const { given, unrest } = await watchStory(times(50, { a: 1 }))
    expect(given).toEqual([{ at: 0, looked: 0, changes: { added: ['a'], changed: [], removed: [] } }])
    expect(unrest).toEqual([])
  })

  it('gives an empty folder, too', async () => {
    expect((await watchStory([{}, {}])).given).toHaveLength(1)
  })

  it('waits at the beginning when a file has just been written', async () => {
    const { given, unrest } = await watchStory(times(20, { a: 1 }), { age: 2000 })
    expect(given).toHaveLength(1)
    expect(unrest).toEqual([undefined])
    expect(given[0]!.at).toBeGreaterThanOrEqual(3000)
    expect(given[0]!.at).toBeLessThan(5000)
  })

  it('does not wait for a date in the future', async () => {
    expect((await watchStory(times(20, { a: 1 }), { age: -1e7 })).given[0]!.at).toBe(0)
  })

  it('gives a burst once, when the last file of it is quiet', async () => {
    const burst = Array.from({ length: 20 }, (_, index) =>
      Object.fromEntries(Array.from({ length: index + 1 }, (_, file) => [`file-${file}`, 1])),
    )
    const { given, unrest } = await watchStory([{}, ...burst, ...times(10, burst.at(-1)!)])
    expect(given.map(({ changes }) => changes.added.length)).toEqual([0, 20])
    expect(given[1]!.looked).toBeGreaterThanOrEqual(20 + 5)
    expect(unrest).toHaveLength(1)
  })

  it('holds back a finished file while another one grows', async () => {
    const growing = Array.from({ length: 15 }, (_, index) => ({ small: 1, large: index }))
    const { given } = await watchStory([{}, ...growing, ...times(10, growing.at(-1)!)])
    expect(given.map(({ changes }) => changes.added)).toEqual([[], ['large', 'small']])
    expect(given[1]!.looked).toBeGreaterThan(15)
  })

  it('gives nothing for a file that came and went', async () => {
    const { given, unrest } = await watchStory([{}, { a: 1 }, {}, ...times(20, {})])
    expect(given).toHaveLength(1)
    expect(unrest).toHaveLength(1)
  })

  it('sees what changed while a scan ran', async () => {
    const { given } = await watchStory([{ a: 1 }, { a: 2 }, ...times(20, { a: 2 })])
    expect(given[1]!.changes).toEqual({ added: [], changed: ['a'], removed: [] })
  })

  it('never gives a sight that was not quiet, and always ends with the last one', async () => {
    const sight = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 2 }), {
      noNullPrototype: true,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(sight, fc.integer({ min: 1, max: 9 })), { minLength: 1 }), async (stages) => {
        const looks = stages.flatMap(([files, count]) => times(count, files))
        const last = looks.at(-1)!
        const { given } = await watchStory([...looks, ...times(10, last)])
        let known: Record<string, number> = {}
        for (const { looked } of given.slice(1)) {
          const quiet = [...looks, ...times(10, last)].slice(looked - 5, looked + 1)
          expect(new Set(quiet.map((files) => JSON.stringify(Object.entries(files).sort()))).size).toBe(1)
        }
        for (const { looked } of given) known = [...looks, ...times(10, last)][looked]!
        expect(known).toEqual(last)
      }),
    )
  })
})

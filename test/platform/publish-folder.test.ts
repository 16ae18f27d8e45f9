import fs from 'node:fs'
import {
  appendFile,
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundlePaths } from '../../src/bundle/places.js'
import { publishKit } from '../../src/health/kit/publish-kit.js'
import {
  checksumText,
  type FolderKind,
  publishedFolders,
  type StageOptions,
  stageFolder,
} from '../../src/platform/publish-folder.js'
import { sha256 } from '../../src/platform/sha256.js'
import { publishPlan } from '../../src/waves/publish-plan.js'
import { buildBundle } from '../builders/building.js'
import { filesOf } from '../builders/files-of.js'

const nouns = ['bundle', 'plan', 'kit'] as const
let root: string
let count = 0
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fleet-publish-'))
  for (const noun of nouns) await makers[noun].make(join(root, noun))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** A target in a folder of its own, so that a test can see what is left beside it. */
async function newTarget(): Promise<string> {
  const place = join(root, String(count++))
  await mkdir(place)
  return join(place, 'target')
}

/** Files, folders and links; these are not followed. */
async function allNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.map(({ parentPath, name }) => join(parentPath, name)).sort()
}

const minimal = resolve(import.meta.dirname, '../fixtures/policies/minimal.yaml')
const kitText = '{"schema":"fleet.probe-kit/v1"}\n'
const planText = '{"schema":"fleet.plan/v1"}\n'

interface Maker {
  /** A file beside the marker. */
  readonly some: string
  readonly make: (target: string, force?: boolean) => Promise<unknown>
  /** Fails once its files are being written. */
  readonly fail: (target: string) => Promise<unknown>
}

const makers: Record<FolderKind['noun'], Maker> = {
  bundle: {
    some: 'README.md',
    make: (target, force = false) => buildBundle(minimal, target, { force }),
    async fail(target) {
      const policy = join(root, `policy-${count++}.yaml`)
      await writeFile(policy, 'claudeCode: { settings: { hooks: 3 } }\n')
      await buildBundle(policy, target)
    },
  },
  plan: {
    some: 'groups/pilot.csv',
    make(target, force = false) {
      const groups = { path: 'groups/pilot.csv', content: ['serial\r\n', 'FIXTURE0001\r\n'] }
      return publishPlan(target, [{ path: 'plan.json', content: planText }, groups], { force })
    },
    fail(target) {
      function* broken() {
        yield planText
        throw new Error('no more')
      }
      return publishPlan(target, [{ path: 'plan.json', content: broken() }], { force: false })
    },
  },
  kit: {
    some: 'scheduled/fleet-probe.timer',
    make(target, force = false) {
      const timer = { path: 'scheduled/fleet-probe.timer', content: '[Timer]\n', mode: 0o644, about: '' } as const
      const marker = { path: 'probe.json', content: kitText, mode: 0o644, about: '' } as const
      return publishKit(target, [timer, marker], { force })
    },
    fail(target) {
      const script = { path: 'probe.sh', content: 'if\n', mode: 0o755, about: '' } as const
      return publishKit(target, [script], { force: false })
    },
  },
}
/** A folder as it is published, without the time that it takes to make one. */
async function put(noun: FolderKind['noun'], target: string): Promise<void> {
  await cp(join(root, noun), target, { recursive: true })
}

it('knows a bundle by its manifest', () => {
  expect(bundlePaths.manifest).toBe('manifest.json')
  expect(bundlePaths.checksums).toBe('SHA256SUMS')
})

describe.each(nouns)('a %s', (noun) => {
  const { make, fail, some } = makers[noun]
  const { marker } = publishedFolders[noun]
  const other = noun === 'bundle' ? 'plan' : 'bundle'
  let whole: [string, Buffer][]
  beforeAll(async () => {
    whole = [...(await filesOf(join(root, noun)))]
  })
  const expectWhole = async (target: string) => expect([...(await filesOf(target))]).toEqual(whole)

  it('replaces an untouched one, and one that was changed only when told to', async () => {
    const target = await newTarget()
    await make(target)
    await make(target)
    await appendFile(join(target, some), 'a note of the administrator\n')
    await expect(make(target)).rejects.toMatchObject({
      code: 'output-refused',
      exit: 5,
      message: expect.stringMatching(new RegExp(`^The ${noun} that stands there was changed by hand`)),
      details: { tryThis: [expect.stringMatching(/^target: see what changed .*, or replace it with --force\.$/)] },
    })
    expect(await readFile(join(target, some), 'utf8')).toContain('a note')
    await make(target, true)
    await expectWhole(target)
    expect(await readdir(dirname(target))).toEqual(['target'])
  })

  it('takes an empty folder, and makes those around it', async () => {
    const target = await newTarget()
    await mkdir(target)
    await make(target)
    await expectWhole(target)
    await make(join(dirname(target), 'new/deep/target'))
    await expectWhole(join(dirname(target), 'new/deep/target'))
  })

  it.each<[string, (target: string) => Promise<unknown>]>([
    ['a folder of something else', (target) => mkdir(join(target, 'photos'), { recursive: true })],
    ['a file', (target) => writeFile(target, 'x')],
    ['a link', (target) => symlink(tmpdir(), target)],
    [`a ${other}`, (target) => put(other, target)],
    [
      `a ${other} that somebody put a ${marker} into`,
      async (target) => {
        await put(other, target)
        await writeFile(join(target, marker), new Map(whole).get(marker)!)
      },
    ],
    [
      `a ${marker} of somebody else`,
      async (target) => {
        await mkdir(target)
        await writeFile(join(target, marker), '{"format_version":"1.2"}')
      },
    ],
  ])('never replaces %s, not even when told to', async (_, place) => {
    const target = await newTarget()
    await place(target)
    const before = [...(await filesOf(dirname(target)))]
    const ino = (await lstat(target)).ino
    await expect(make(target, true)).rejects.toMatchObject({ code: 'output-refused', exit: 5 })
    expect((await lstat(target)).ino).toBe(ino)
    expect([...(await filesOf(dirname(target)))]).toEqual(before)
    expect(await readdir(dirname(target))).toEqual(['target'])
  })

  it('says of which kind the folder is not', async () => {
    const target = await newTarget()
    await put(other, target)
    await expect(make(target)).rejects.toMatchObject({
      message: `The target folder holds something else than a ${noun}.`,
      details: { where: { file: target }, tryThis: ['Give a new or empty folder with --output.'] },
    })
  })

  it.each([
    ['', 'no name'],
    ['   ', 'blanks'],
    ['nothere/../photos', 'a way through a folder that is not there'],
    ['way/../photos', 'a way through a link'],
    ['link/', 'a link with a slash behind it'],
    ['.', 'the folder one is in'],
    ['..', 'a folder around it'],
    ['/', 'the root'],
    ['here', 'the folder one is in, by a link'],
    ['target/inside', 'a place inside one of its kind'],
    ['target/new/inside', 'a place in a new folder inside one of its kind'],
    ['other/inside', 'a place inside one of another kind'],
    ['into/inside', 'a place inside one of another kind, by a link'],
  ])('never touches what stands at %j: %s', async (name) => {
    const target = await newTarget()
    const place = dirname(target)
    await put(noun, target)
    await put(other, join(place, 'other'))
    await mkdir(join(place, 'photos'))
    await writeFile(join(place, 'photos', 'one.jpg'), 'x')
    await symlink(tmpdir(), join(place, 'way'))
    await symlink('photos', join(place, 'link'))
    await symlink('.', join(place, 'here'))
    await symlink('other', join(place, 'into'))
    const before = [...(await filesOf(place))]
    const names = await allNames(place)
    const working = process.cwd()
    process.chdir(place)
    try {
      await expect(make(name, true)).rejects.toMatchObject({ code: 'output-refused', exit: 5 })
    } finally {
      process.chdir(working)
    }
    expect([...(await filesOf(place))]).toEqual(before)
    expect(await allNames(place)).toEqual(names)
  })

  it.each(nouns)('does not go into a %s, and says so', async (around) => {
    const target = await newTarget()
    await put(around, target)
    const article = around === noun ? 'another' : 'a'
    const { made } = publishedFolders[around]
    await expect(make(join(target, 'inside'))).rejects.toMatchObject({
      message: `The target lies inside ${article} ${around}, which would then not be what was ${made}.`,
    })
  })

  it('puts an old one back that a killed run had moved aside', async () => {
    const target = await newTarget()
    await put(noun, target)
    await rename(target, join(dirname(target), `.fleet-replaced-target-${'0a'.repeat(12)}`))
    // What another target left is not ours.
    await mkdir(join(dirname(target), `.fleet-replaced-target-eu-${'0b'.repeat(12)}`))
    await expect(fail(target)).rejects.toThrow()
    await expectWhole(target)
    expect(await readdir(dirname(target))).toEqual([`.fleet-replaced-target-eu-${'0b'.repeat(12)}`, 'target'])
  })

  it('removes what killed runs of both kinds left long ago, and nothing else', async () => {
    const target = await newTarget()
    const [old, older, fresh] = ['0', '1', '2'].map((digit) => `.fleet-${digit.repeat(24)}`)
    const left = [`${old}.bundle`, `${older}.plan`, `${fresh}.${noun}`, '.fleet-mine.plan', `${old}.other`]
    for (const name of left) await mkdir(join(dirname(target), name, 'inside'), { recursive: true })
    for (const name of left) if (!name.startsWith(fresh!)) await utimes(join(dirname(target), name), 1, 1)
    await make(target)
    expect((await readdir(dirname(target))).sort()).toEqual(
      [`${fresh}.${noun}`, '.fleet-mine.plan', `${old}.other`, 'target'].sort(),
    )
  })

  it('ends with one whole folder when several run at once', async () => {
    const target = await newTarget()
    const ends = await Promise.allSettled(Array.from({ length: 6 }, () => make(target)))
    for (const end of ends)
      if (end.status === 'rejected')
        expect(end.reason).toMatchObject({ exit: expect.toSatisfy((exit) => exit === 5 || exit === 6) })
    expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true)
    await expectWhole(target)
    expect(await readdir(dirname(target))).toEqual(['target'])
  })
})

describe('a stage', () => {
  const kind: FolderKind = { noun: 'plan', folderMode: 0o755, changes: async () => [], seeChanges: () => '' }
  const open = (target: string, options: Partial<StageOptions> = {}, more: Partial<FolderKind> = {}) =>
    stageFolder(target, { ...kind, ...more }, { force: false, ...options })

  it('gives the digest of what it wrote, also of pieces that cut a character in two', async () => {
    const stage = await open(await newTarget())
    const cut = ['a\ud83d', '\ude00b', Buffer.from('c'), '', 'd\ud83d']
    const digest = await stage.write({ path: 'deep/file', content: cut, mode: 0o644 })
    const written = await readFile(join(stage.folder, 'deep/file'))
    expect(digest).toBe(sha256(written))
    expect(written.toString('utf8')).toBe('a😀bcd\ufffd')
    expect(await stage.write({ path: 'empty', content: [], mode: 0o644 })).toBe(sha256(''))
  })

  it('gives the digest of a file that the system takes bit by bit', async () => {
    const { writeSync } = fs
    const few = (file: number, block: Uint8Array, from: number, length: number) =>
      writeSync(file, block, from, Math.min(length, 7))
    const spy = vi.spyOn(fs, 'writeSync').mockImplementation(few as typeof writeSync)
    try {
      const stage = await open(await newTarget())
      const text = 'some words, of which seven bytes go at once'
      expect(await stage.write({ path: 'file', content: text, mode: 0o644 })).toBe(sha256(text))
      expect(spy.mock.calls.length).toBeGreaterThan(5)
    } finally {
      spy.mockRestore()
    }
  })

  it('compares what can be read back', async () => {
    const stage = await open(await newTarget())
    const readBack = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown
    const file = { path: 'a.json', content: '{"b":1}', mode: 0o644, readBack }
    await stage.write({ ...file, data: Object.assign(Object.create(null), { b: 1 }) })
    await expect(stage.write({ ...file, data: { b: 2 } })).rejects.toMatchObject({
      code: 'read-back-differs',
      exit: 7,
      details: { where: { file: 'a.json' } },
    })
  })

  it('names the file of the target that could not be written', async () => {
    const target = await newTarget()
    const stage = await open(target)
    await mkdir(join(stage.folder, 'taken'))
    await expect(stage.write({ path: 'taken', content: '', mode: 0o644 })).rejects.toMatchObject({
      exit: 5,
      details: { where: { file: join(target, 'taken') } },
    })
    await expect(stage.write({ path: 'taken/x/\0', content: '', mode: 0o644 })).rejects.toThrow()
    stage.discard()
    expect(await readdir(dirname(target))).toEqual([])
  })

  it.runIf(process.platform !== 'win32')('is for its owner alone until it is published', async () => {
    const target = await newTarget()
    const modeOf = async (path: string) => ((await lstat(path)).mode & 0o777).toString(8)
    const umask = process.umask(0)
    try {
      const [first, second] = [await open(target), await open(`${target}-2`)]
      for (const stage of [first, second]) await stage.write({ path: 'in/side', content: 'x', mode: 0o640 })
      expect(await modeOf(first.folder)).toBe('700')
      await first.publish()
      await second.publish({ ownerOnly: true })
    } finally {
      process.umask(umask)
    }
    expect([await modeOf(target), await modeOf(join(target, 'in')), await modeOf(join(target, 'in/side'))]).toEqual([
      '755',
      '755',
      '640',
    ])
    expect(await modeOf(`${target}-2`)).toBe('700')
  })

  it('looks again before it takes the place', async () => {
    const target = await newTarget()
    const stage = await open(target)
    await stage.write({ path: 'plan.json', content: planText, mode: 0o644 })
    await mkdir(target)
    await writeFile(join(target, 'mine'), 'x')
    await expect(stage.publish()).rejects.toMatchObject({ code: 'output-refused' })
    stage.discard()
    expect([...(await filesOf(dirname(target))).keys()]).toEqual(['target/mine'])
  })

  it('asks its kind, and only where its own marker stands', async () => {
    const target = await newTarget()
    await mkdir(target)
    await writeFile(join(target, 'plan.json'), '')
    const seeChanges = (changes: readonly string[]) => `look at ${changes.join(' and ')}`
    await expect(open(target, {}, { changes: async () => ['a', 'b'], seeChanges })).rejects.toMatchObject({
      details: { tryThis: ['target: look at a and b, or replace it with --force.'] },
    })
    const never = { changes: async () => undefined }
    await expect(open(target, { force: true }, never)).rejects.toMatchObject({ code: 'output-refused' })
    await expect(open(target, { force: true }, { ...never, noun: 'bundle' })).rejects.toMatchObject({
      message: 'The target folder holds something else than a bundle.',
    })
  })

  it.each([
    ['it', ''],
    ['a file in it', 'scan.json'],
    ['a file deep in it', 'in/scan.json'],
    ['a link in it', 'link'],
    ['a link to a file in it', '../link'],
    ['a file in it by a link', '../around/target/scan.json'],
  ])('never takes a target that would lose an input: %s', async (_, path) => {
    const target = await newTarget()
    await mkdir(join(target, 'in'), { recursive: true })
    for (const name of ['plan.json', 'scan.json', 'in/scan.json', '../outside.json'])
      await writeFile(join(target, name), 'x')
    await symlink('../outside.json', join(target, 'link'))
    await symlink('target/scan.json', join(target, '../link'))
    await symlink('.', join(target, '../around'))
    const neverOver = [join(dirname(target), 'not-there'), join(target, path)]
    const before = [...(await filesOf(dirname(target)))]
    for (const spelled of [target, join(target, '../around/target')])
      await expect(open(spelled, { force: true, neverOver })).rejects.toMatchObject({
        code: 'output-refused',
        message: expect.stringContaining('one of the inputs'),
      })
    expect([...(await filesOf(dirname(target)))]).toEqual(before)
    const stage = await open(target, { force: true, neverOver: [join(target, '../outside.json'), dirname(target)] })
    stage.discard()
  })

  it.runIf(process.getuid?.() === 0)('is not made by root where everybody may write', async () => {
    const target = await newTarget()
    await chmod(dirname(target), 0o777)
    await expect(open(target)).rejects.toMatchObject({ code: 'output-refused' })
    expect(await readdir(dirname(target))).toEqual([])
  })
})

it('writes checksums in the order of code units', () => {
  const files = ['b', 'a/b', 'a-b', 'B', 'a'].map((path) => ({ path, sum: '0' }))
  expect(checksumText(files)).toBe('0  B\n0  a\n0  a-b\n0  a/b\n0  b\n')
  expect(checksumText([])).toBe('')
})

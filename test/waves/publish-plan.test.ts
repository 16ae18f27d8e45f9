import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/platform/sha256.js'
import { type PlanFile, publishPlan } from '../../src/waves/publish-plan.js'
import { filesOf } from '../builders/files-of.js'

let root: string
let count = 0
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fleet-plan-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function newTarget(): Promise<string> {
  const place = join(root, String(count++))
  await mkdir(place)
  return join(place, 'plan')
}

const planText = '{\n  "schema": "fleet.plan/v1",\n  "asOf": "2026-11-20T00:00:00Z"\n}\n'
const pilot = 'groups/pilot/serials.csv'
const files: readonly PlanFile[] = [
  { path: 'plan.md', content: '# Plan\n' },
  { path: 'plan.json', content: planText },
  { path: pilot, content: ['serial\r\n', 'FIXTURE0001\r\n'] },
  { path: 'groups/last.csv', content: Buffer.from('serial\r\nFIXTURE0002\r\n') },
  { path: 'Waves.ics', content: '' },
]
const publish = (target: string, force = false) => publishPlan(target, files, { force })
const hasPrograms = process.platform === 'linux'

async function published(): Promise<string> {
  const target = await newTarget()
  await publish(target)
  return target
}

async function expectWhole(target: string): Promise<void> {
  const found = await filesOf(target)
  expect([...found.keys()]).toEqual(['SHA256SUMS', 'Waves.ics', 'groups/last.csv', pilot, 'plan.json', 'plan.md'])
  expect(found.get('plan.json')?.toString()).toBe(planText)
  expect(found.get(pilot)?.toString()).toBe('serial\r\nFIXTURE0001\r\n')
  expect(await readdir(dirname(target))).toEqual(['plan'])
}

/** Texts that follow each other are one: a character may be cut in two. */
function joined(pieces: readonly (string | Uint8Array)[]): Buffer[] {
  const parts: Buffer[] = []
  let text = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece
    // An empty piece of bytes ends a text, too.
    else {
      parts.push(Buffer.from(text), Buffer.from(piece))
      text = ''
    }
  }
  return [...parts, Buffer.from(text)]
}

describe('the folder of a plan', () => {
  it('holds the files, and checksums over all of them in order', async () => {
    const target = await published()
    await expectWhole(target)
    const found = await filesOf(target)
    const sums = found.get('SHA256SUMS')?.toString()
    found.delete('SHA256SUMS')
    expect(sums).toBe([...found].map(([path, bytes]) => `${sha256(bytes)}  ${path}\n`).join(''))
  })

  it.runIf(hasPrograms)('passes sha256sum, and fails it when a file was changed', async () => {
    const target = await published()
    const check = () => spawnSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd: target, encoding: 'utf8' })
    expect(check()).toMatchObject({ status: 0, stdout: expect.stringContaining(`${pilot}: OK`) })
    await appendFile(join(target, pilot), ' ')
    expect(check()).toMatchObject({ status: 1, stdout: expect.stringContaining(`${pilot}: FAILED`) })
  })

  it.runIf(process.platform !== 'win32').each([0, 0o077])('is for its owner alone with umask %i', async (umask) => {
    const target = await newTarget()
    const before = process.umask(umask)
    try {
      await publish(target)
    } finally {
      process.umask(before)
    }
    const modeOf = async (path: string) => (await lstat(join(target, path))).mode & 0o777
    for (const path of ['', 'groups', 'groups/pilot']) expect(await modeOf(path), path).toBe(0o700)
    for (const path of (await filesOf(target)).keys()) expect(await modeOf(path), path).toBe(0o600)
  })

  it('has the bytes and the checksums of whatever is in it, in whatever pieces it comes', async () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array(), fc.constantFrom('\ud83d', '\ude00', '\r\n'))
    const content = fc.oneof(fc.string(), fc.array(piece))
    const contents = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}(\/[a-z]{4}){0,2}$/), content, { maxKeys: 5 })
    await fc.assert(
      fc.asyncProperty(contents, async (others) => {
        const target = await newTarget()
        const more = Object.entries(others).map(([path, given]) => ({ path: `f/${path}.txt`, content: given }))
        await publishPlan(target, [{ path: 'plan.json', content: planText }, ...more], { force: false })
        const found = await filesOf(target)
        const sums = found.get('SHA256SUMS')!.toString()
        for (const { path, content: given } of more) {
          const whole = Buffer.concat(joined(typeof given === 'string' ? [given] : given))
          expect(found.get(path)?.equals(whole)).toBe(true)
          expect(sums).toContain(`${sha256(whole)}  ${path}\n`)
        }
        expect(sums.split('\n')).toHaveLength(more.length + 2)
        // It knows it again.
        await publishPlan(target, [{ path: 'plan.json', content: planText }], { force: false })
      }),
      { numRuns: 30 },
    )
  })

  it('takes a large content piece by piece', async () => {
    const target = await newTarget()
    let made = 0
    let most = 0
    function* rows() {
      yield planText
      for (; made < 400_000; made++) {
        // A piece is asked for only when those before it are on the disk, but for one block.
        if (made % 50_000 === 0) {
          const [stage] = readdirSync(dirname(target)).filter((name) => name.endsWith('.plan'))
          const [partial] = readdirSync(join(dirname(target), stage!))
          most = Math.max(most, made * 100 - statSync(join(dirname(target), stage!, partial!)).size)
        }
        yield `${'x'.repeat(99)}\n`
      }
    }
    await publishPlan(target, [{ path: 'plan.json', content: rows() }], { force: false })
    expect(made).toBe(400_000)
    expect(most).toBeLessThan(1_000_000)
    expect((await lstat(join(target, 'plan.json'))).size).toBe(planText.length + 40_000_000)
  })

  it.each([
    ['../outside'],
    ['/etc/outside'],
    ['a/../b'],
    ['.'],
    ['..'],
    ['a/..'],
    ['a//b'],
    ['a\\b'],
    ['a\nb'],
    ['a b'],
    ['ä'],
    [''],
    ['SHA256SUMS'],
    ['sha256sums'],
    ['PLAN.json'],
  ])('never gets a file %j', async (path) => {
    const target = await newTarget()
    const wrong = publishPlan(target, [...files, { path, content: '' }], { force: true })
    await expect(wrong).rejects.toThrow('not a path for a plan folder')
    expect(await readdir(dirname(target))).toEqual([])
  })

  it('is made of files that may have dots in their names', async () => {
    const target = await newTarget()
    const more = ['.hidden', '...', 'a..b', 'x/.y', '-c'].map((path) => ({ path, content: path }))
    await publishPlan(target, [...files, ...more], { force: false })
    await publish(target)
    await expectWhole(target)
  })

  it('needs a plan.json that says what it is', async () => {
    const target = await newTarget()
    await expect(publishPlan(target, [], { force: false })).rejects.toThrow('needs plan.json')
    for (const content of ['', '{}', '{"asOf":"","schema":"fleet.plan/v1"}', '{"schema":"fleet.scan/v1"}'])
      await expect(publishPlan(target, [{ path: 'plan.json', content }], { force: false })).rejects.toMatchObject({
        code: 'read-back-differs',
        exit: 7,
        details: { where: { file: 'plan.json' } },
      })
    expect(await readdir(dirname(target))).toEqual([])
  })

  it('is not published when the disk does not hold what was written', async () => {
    const target = await published()
    function* tampering() {
      yield 'serial\r\n'
      const [stage] = readdirSync(dirname(target)).filter((name) => name.endsWith('.plan'))
      appendFileSync(join(dirname(target), stage!, 'plan.md'), 'x')
    }
    const changed = publishPlan(target, [...files, { path: 'x.csv', content: tampering() }], { force: false })
    await expect(changed).rejects.toMatchObject({ code: 'read-back-differs', details: { where: { file: 'plan.md' } } })
    await expectWhole(target)
  })

  it('is what it was when the source of a content fails', async () => {
    const target = await published()
    async function* broken() {
      yield 'x'.repeat(1_000_000)
      throw new Error('no more')
    }
    await expect(publishPlan(target, [...files, { path: 'x', content: broken() }], { force: true })).rejects.toThrow(
      'no more',
    )
    await expectWhole(target)
  })

  it('does not take the place of the scan it was made from', async () => {
    const target = await published()
    await writeFile(join(target, 'scan.json'), '{}')
    const neverOver = [join(target, 'scan.json')]
    await expect(publishPlan(target, files, { force: true, neverOver })).rejects.toMatchObject({
      code: 'output-refused',
    })
    expect(existsSync(join(target, 'scan.json'))).toBe(true)
    await expect(publishPlan(target, files, { force: true, neverOver: [] })).resolves.toBeUndefined()
    await expectWhole(target)
  })
})

describe('a plan that stands there', () => {
  const makePipe = (path: string) => expect(spawnSync('mkfifo', [path]).status).toBe(0)
  /** Moves something out, and leaves a link to it: the bytes are the same, but they are not in the folder. */
  async function linkAway(target: string, path: string): Promise<void> {
    const away = join(root, `away-${count++}`)
    await rename(join(target, path), away)
    await symlink(away, join(target, path))
  }
  const editSums = (change: (text: string) => string) => async (target: string) => {
    const path = join(target, 'SHA256SUMS')
    await writeFile(path, change(await readFile(path, 'utf8')))
  }

  it.each<[string, (target: string) => unknown, string]>([
    ['a changed file', (target) => appendFile(join(target, pilot), ' '), pilot],
    ['a missing file', (target) => rm(join(target, pilot)), pilot],
    ['a missing folder', (target) => rm(join(target, 'groups'), { recursive: true }), `groups/last.csv, ${pilot}`],
    ['a renamed file', (target) => rename(join(target, 'plan.md'), join(target, 'x.md')), 'plan.md, x.md'],
    ['a note beside it', (target) => writeFile(join(target, 'notes.txt'), 'x'), 'notes.txt'],
    ['a note in a folder', (target) => writeFile(join(target, 'groups/notes.txt'), 'x'), 'groups/notes.txt'],
    ['a hidden note', (target) => writeFile(join(target, 'groups/.notes'), 'x'), 'groups/.notes'],
    ['an empty folder', (target) => mkdir(join(target, 'new')), 'new'],
    ['a folder in place of a file', (target) => folderFor(join(target, 'plan.md')), 'plan.md'],
    ['a changed plan', (target) => appendFile(join(target, 'plan.json'), ' '), 'plan.json'],
    ['no checksums', (target) => rm(join(target, 'SHA256SUMS')), 'SHA256SUMS'],
    ['empty checksums', editSums(() => ''), 'SHA256SUMS'],
    ['checksums cut short', editSums((text) => text.slice(0, -20)), 'SHA256SUMS'],
    ['checksums with one line more', editSums((text) => `${text}# x\n`), 'SHA256SUMS'],
    [
      'checksums in another order',
      editSums((text) =>
        text
          .split(/(?<=\n)/)
          .reverse()
          .join(''),
      ),
      'SHA256SUMS',
    ],
    ['checksums with a line twice', editSums((text) => text + text.split(/(?<=\n)/)[0]), 'SHA256SUMS'],
    ['checksums with line ends of Windows', editSums((text) => text.replaceAll('\n', '\r\n')), 'SHA256SUMS'],
    ['checksums without the plan', editSums((text) => text.replace(/.*plan\.json\n/, '')), 'SHA256SUMS'],
    ['checksums that point outside', editSums((text) => text.replace('Waves.ics', '../1/Waves.ics')), 'SHA256SUMS'],
    ['checksums of gigabytes', (target) => truncate(join(target, 'SHA256SUMS'), 5 * 1024 ** 3), 'SHA256SUMS'],
    ['another digest', editSums((text) => text.replace(/^\w{64}/, '0'.repeat(64))), 'Waves.ics'],
    ['a folder in place of checksums', (target) => folderFor(join(target, 'SHA256SUMS')), 'SHA256SUMS'],
    ['a link in place of checksums', (target) => linkAway(target, 'SHA256SUMS'), 'SHA256SUMS'],
    ['a link in place of a file', (target) => linkAway(target, pilot), pilot],
    ['a link in place of a folder', (target) => linkAway(target, 'groups'), `groups, groups/last.csv, ${pilot}`],
    ['a link that leads nowhere', (target) => symlink('nowhere', join(target, 'x')), 'x'],
    ...(hasPrograms
      ? ([
          ['a pipe beside it', (target) => makePipe(join(target, 'pipe')), 'pipe'],
          ['a pipe in place of a file', (target) => pipeFor(join(target, pilot)), pilot],
          ['a pipe in place of checksums', (target) => pipeFor(join(target, 'SHA256SUMS')), 'SHA256SUMS'],
        ] satisfies [string, (target: string) => unknown, string][])
      : []),
  ])('is replaced only when told to, with %s', { timeout: 20_000 }, async (_, change, named) => {
    const target = await published()
    await change(target)
    const before = await allNames(target)
    await expect(publish(target)).rejects.toMatchObject({
      code: 'output-refused',
      exit: 5,
      message: 'The plan that stands there was changed by hand since it was written.',
      details: { tryThis: [`plan: see what changed there (${named}), or replace it with --force.`] },
    })
    expect(await allNames(target)).toEqual(before)
    await publish(target, true)
    await expectWhole(target)
  })

  async function folderFor(path: string): Promise<void> {
    await rm(path)
    await mkdir(path)
  }
  async function pipeFor(path: string): Promise<void> {
    await rm(path)
    makePipe(path)
  }
  async function allNames(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.map(({ parentPath, name }) => join(parentPath, name)).sort()
  }

  it('leaves alone what links in it lead to', async () => {
    const target = await published()
    const outside = join(root, `outside-${count++}`)
    await mkdir(outside)
    await writeFile(join(outside, 'one.jpg'), 'x')
    await symlink(outside, join(target, 'photos'))
    await symlink(join(outside, 'one.jpg'), join(target, 'groups/one.jpg'))
    await publish(target, true)
    await expectWhole(target)
    expect(await readFile(join(outside, 'one.jpg'), 'utf8')).toBe('x')
  })

  it('tells of five changes, and how many more', async () => {
    const target = await published()
    for (const name of 'abcdefgh') await writeFile(join(target, name), 'x')
    await expect(publish(target)).rejects.toMatchObject({
      details: { tryThis: [expect.stringContaining('(a, b, c, d, e and 3 more)')] },
    })
  })

  it.runIf(process.platform !== 'win32')('may have other rights: what it says is the same', async () => {
    const target = await published()
    await chmod(join(target, 'plan.md'), 0o644)
    await publish(target)
    expect((await lstat(join(target, 'plan.md'))).mode & 0o777).toBe(0o600)
  })

  it.each<[string, string | undefined]>([
    ['another document', '{"schema":"fleet.scan/v1"}'],
    ['a plan of another program', '{"format_version":"1.2","planned_values":{}}'],
    ['nothing', ''],
    ['a text that only names it', '"schema":"fleet.plan/v1"'],
    ['a link', undefined],
  ])('is none when its plan.json is %s, whatever its checksums say', async (_, text) => {
    const target = await published()
    if (text === undefined) await linkAway(target, 'plan.json')
    else {
      await writeFile(join(target, 'plan.json'), text)
      await editSums((sums) => sums.replace(/\w{64}(?= {2}plan\.json)/, sha256(text)))(target)
    }
    await expect(publish(target, true)).rejects.toMatchObject({
      code: 'output-refused',
      message: 'The target folder holds something else than a plan.',
    })
    expect(existsSync(join(target, pilot))).toBe(true)
  })

  it.runIf(hasPrograms)('is none when its plan.json is a pipe', { timeout: 20_000 }, async () => {
    const target = await published()
    await pipeFor(join(target, 'plan.json'))
    await expect(publish(target, true)).rejects.toMatchObject({ code: 'output-refused' })
  })

  it('is never replaced when another version of fleet wrote it', async () => {
    const target = await published()
    await writeFile(join(target, 'plan.json'), planText.replace('v1', 'v2'))
    await expect(publish(target, true)).rejects.toMatchObject({ code: 'newer-document', exit: 4 })
    expect(await readFile(join(target, 'plan.json'), 'utf8')).toContain('v2')
  })

  it('is a plan also with another white space before its schema', async () => {
    const target = await published()
    for (const text of ['{"schema":"fleet.plan/v1"}', '\ufeff { "schema" : "fleet.plan/v1" }']) {
      await writeFile(join(target, 'plan.json'), text)
      await publish(target, true)
      await expectWhole(target)
    }
  })
})

describe.runIf(process.platform !== 'win32')('a signal', () => {
  let program: string
  beforeAll(async () => {
    program = join(root, 'child.mjs')
    await build({
      stdin: {
        contents: `
          import { existsSync, readdirSync } from 'node:fs'
          import { setTimeout as wait } from 'node:timers/promises'
          import { publishPlan } from './src/waves/publish-plan.ts'
          const [when] = process.argv.slice(2)
          async function* slow() {
            yield 'x'.repeat(1_000_000)
            console.log('ready')
            if (when === 'writing') await wait(60_000)
          }
          if (when === 'removing') {
            const look = () => {
              if (readdirSync('.').some((name) => name.startsWith('.fleet-replaced-'))) process.kill(process.pid, 'SIGTERM')
              else setImmediate(look)
            }
            setImmediate(look)
          }
          const plan = { path: 'plan.json', content: '{"schema":"fleet.plan/v1"}' }
          await publishPlan('plan', [plan, { path: 'large.csv', content: slow() }], { force: true })
          console.log('done')`,
        resolveDir: '.',
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: program,
    })
  })

  const ended = (child: ChildProcess) =>
    new Promise<NodeJS.Signals | null>((done) => child.on('close', (_, signal) => done(signal)))

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves the old plan and nothing beside it: %s', async (signal) => {
    const target = await published()
    const child = spawn(process.execPath, [program, 'writing'], { cwd: dirname(target), stdio: ['ignore', 'pipe', 2] })
    const end = ended(child)
    await new Promise((ready) => child.stdout!.once('data', ready))
    expect(await readdir(dirname(target))).toHaveLength(2)
    child.kill(signal)
    expect(await end).toBe(signal)
    await expectWhole(target)
  })

  it('while the old plan is removed leaves the new one and nothing beside it', async () => {
    const target = await published()
    for (let index = 0; index < 3000; index++) writeFileSync(join(target, `note-${index}`), '')
    const child = spawn(process.execPath, [program, 'removing'], { cwd: dirname(target), stdio: ['ignore', 'pipe', 2] })
    child.stdout!.resume()
    expect(await ended(child)).toBe('SIGTERM')
    expect(readdirSync(dirname(target))).toEqual(['plan'])
    expect(readdirSync(target)).toEqual(['SHA256SUMS', 'large.csv', 'plan.json'])
  })
})

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as z from 'zod'
import { buildKit, kitFiles } from '../../../src/health/kit/build-kit.js'
import { ProbeKit } from '../../../src/health/kit/kit-manifest.js'
import { kitPaths, probeColumn, probeName } from '../../../src/health/kit/kit-places.js'
import { kitReadme } from '../../../src/health/kit/kit-readme.js'
import { kitWarnings } from '../../../src/health/kit/kit-warnings.js'
import { ProbeNames } from '../../../src/inventory/probe-names.js'
import { sha256 } from '../../../src/platform/sha256.js'
import { readXml } from '../../../src/platform/xml-element.js'
import { type Mdm, mdms } from '../../../src/policy/delivery.js'
import { probeKitText } from '../../../src/report/probe-kit-text.js'
import { filesOf } from '../../builders/files-of.js'
import { fullPolicy, kitPlanOf, loadedOf } from '../../builders/kit.js'

const full = loadedOf(fullPolicy)
const files = new Map(kitFiles(full).map((file) => [file.path, file]))
const text = (path: string) => String(files.get(path)?.content)

const schema = z.toJSONSchema(ProbeKit)
const isKit = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema)

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-kit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function codesOf(policy: Record<string, unknown>, only?: readonly Mdm[]): string[] {
  return kitWarnings(kitPlanOf(policy, only)).map(({ code }) => code)
}

it('publishes the JSON Schema of the document', async () => {
  const shown = JSON.stringify({ title: 'fleet.probe-kit/v1', ...schema }, null, 2)
  await expect(`${shown}\n`).toMatchFileSnapshot('../../../templates/schemas/fleet.probe-kit.v1.schema.json')
})

describe('the files of a kit', () => {
  const foldersFor = (only: readonly Mdm[]) => {
    const folders = kitFiles(full, only).map(({ path }) => path.replace(/\/[^/]*$/, ''))
    return [...new Set(folders)].sort()
  }

  it('are those that the products need, and no others', () => {
    expect(foldersFor(['jamf-pro'])).toEqual(['hook', 'hook/macos', 'jamf-pro', 'run-books'])
    expect(foldersFor(['intune'])).toEqual(['hook', 'hook/macos', 'hook/windows', 'intune', 'run-books'])
    expect(foldersFor(['iru'])).toEqual(['hook', 'hook/macos', 'iru', 'run-books'])
    expect(foldersFor(['linux'])).toEqual(['hook', 'hook/linux', 'osquery', 'run-books', 'scheduled/linux'])
    expect(foldersFor(['group-policy'])).toEqual(['hook', 'hook/windows', 'osquery', 'run-books', 'scheduled/windows'])
    const job = ['scheduled/linux', 'scheduled/macos', 'scheduled/windows']
    expect(foldersFor(['fleetdm'])).toEqual([
      'fleetdm',
      'hook',
      'hook/linux',
      'hook/macos',
      'hook/windows',
      'osquery',
      'run-books',
      ...job,
    ])
  })

  it('hold the hook only where the policy configures it', () => {
    const { guard: _, ...hooks } = fullPolicy.hooks
    const paths = kitFiles(loadedOf({ ...fullPolicy, hooks })).map(({ path }) => path)
    expect(paths.filter((path) => path.startsWith('hook/'))).toEqual([])
    expect(text(kitPaths.hookConfiguration('linux'))).toContain('deny Bash rm -rf /\n')
  })

  it('have paths that differ without regard to case, and texts without template marks', () => {
    const paths = [...files.keys()]
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(paths.length)
    for (const [path, { content }] of files) expect([path, String(content).includes('@@')]).toEqual([path, false])
  })

  it('read back as what they say', () => {
    for (const [path, { content, readBack, data }] of files) {
      if (readBack === undefined) continue
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      expect([path, JSON.parse(JSON.stringify(readBack(bytes)))]).toEqual([path, JSON.parse(JSON.stringify(data))])
    }
  })

  it('hold nothing of the policy but in base64, whatever it says', () => {
    const canary = 'cAnAry"; $(touch x) `id` \'@'
    const hostile = loadedOf({
      organization: canary,
      telemetry: { endpoint: 'https://otel.acme.example', resourceAttributes: { a: 'cAnAry-attribute' } },
      hooks: { required: [{ event: 'PreToolUse', command: '/opt/cAnAry-hook/x' }] },
    })
    for (const { path, content } of kitFiles(hostile)) {
      if (path.startsWith('run-books/')) continue
      expect([path, String(content).includes('cAnAry')]).toEqual([path, false])
    }
  })

  it('give Jamf Pro the very script in its extension attribute', () => {
    const { content } = readXml(text(kitPaths.jamfXml))
    expect(content).toContainEqual({ name: 'name', content: 'Fleet probe' })
    expect(JSON.stringify(content)).toContain(JSON.stringify({ name: 'script', content: text(kitPaths.jamfScript) }))
  })

  it('are listed in a README', async () => {
    const plan = kitPlanOf({ ...fullPolicy, organization: 'Acme | <b>Söhne</b>' })
    const { content } = kitReadme(plan, [...files.values()], kitWarnings(plan))
    for (const path of files.keys()) expect(content).toContain(`| \`${path}\` |`)
    await expect(String(content)).toMatchFileSnapshot('golden/README.md')
  })

  it('name attribute and column so that scan finds them', () => {
    const known = new ProbeNames([])
    expect([probeName, probeColumn].map((name) => known.has(name))).toEqual([true, true])
  })

  it.each(mdms)('have a run-book for %s', async (mdm) => {
    const page = text(kitPaths.runBook(mdm))
    // Steps are numbered through, and a part of a template that is no text would show.
    const numbers = [...page.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    expect(page).not.toMatch(/\[object|undefined|NaN/)
    for (const [, path] of page.matchAll(/`((?:jamf-pro|intune|iru|fleetdm|osquery|scheduled|hook)\/[^`\s]+)`/g))
      expect([path, files.has(path ?? '')]).toEqual([path, true])
    await expect(page).toMatchFileSnapshot(`golden/run-book.${mdm}.md`)
  })
})

describe('what the administrator must know', () => {
  const { hooks } = fullPolicy

  it('is nothing for a policy with all that a probe needs', () => {
    expect(codesOf(fullPolicy, ['jamf-pro', 'iru', 'linux'])).toEqual([])
  })

  it('is that the registry of Windows tells no time', () => {
    expect(codesOf(fullPolicy, ['intune'])).toEqual(['registry-tells-no-time'])
    expect(codesOf({ probe: {} }, ['intune'])).not.toContain('registry-tells-no-time')
  })

  it('names what the policy leaves out', () => {
    expect(codesOf({}, ['linux'])).toEqual(['no-settings', 'no-required-hooks', 'scan-asks-for-no-probe'])
    expect(codesOf({ probe: {}, permissions: {} }, ['linux'])).toEqual(['settings-without-stamp', 'no-required-hooks'])
    const { guard: _, ...withoutGuard } = hooks
    expect(codesOf({ ...fullPolicy, hooks: withoutGuard }, ['linux'])).toEqual([
      'hooks-without-record',
      'hook-without-guard',
    ])
    expect(codesOf({ ...fullPolicy, hooks: { ...withoutGuard, records: true } }, ['linux'])).toEqual([
      'hook-without-guard',
    ])
    expect(codesOf({ ...fullPolicy, hooks: { guard: { deny: [{ tool: 'Bash' }] } } }, ['linux'])).toEqual([
      'no-required-hooks',
      'guard-not-required',
    ])
    expect(codesOf({ ...fullPolicy, hooks: { ...hooks, guard: {} } }, ['linux'])).toEqual(['guard-decides-nothing'])
  })

  it('names what holds on some platforms only', () => {
    const posix = [{ event: 'PreToolUse', command: '/usr/local/libexec/fleet-hook' }]
    const policy = { ...fullPolicy, hooks: { ...hooks, required: posix } }
    expect(codesOf(policy, ['linux'])).toEqual([])
    expect(codesOf(policy, ['intune'])).toEqual([
      'registry-tells-no-time',
      'hook-without-command',
      'guard-not-required',
    ])
    const [, warning] = kitWarnings(kitPlanOf(policy, ['intune']))
    expect(warning?.message).toContain('Windows (PreToolUse)')
    const evaluate = { ...hooks.guard.evaluate, authorizationFile: { linux: '/etc/fleet/hook-authorization' } }
    const asking = { ...fullPolicy, hooks: { ...hooks, guard: { ...hooks.guard, evaluate } } }
    expect(codesOf(asking, ['linux'])).toEqual([])
    expect(codesOf(asking, ['jamf-pro'])).toEqual(['no-authorization-file'])
  })

  it('knows when the client gives up before the hook does', () => {
    const required = [{ ...hooks.required[0], timeoutSeconds: 5 }]
    expect(codesOf({ ...fullPolicy, hooks: { ...hooks, required } }, ['linux'])).toEqual(['hook-timeout-too-short'])
  })

  it('says where hooks keep no record, and where no export is known', () => {
    const required = [{ event: 'PreToolUse', url: 'https://policy.acme.example/hook' }]
    expect(codesOf({ ...fullPolicy, hooks: { required } }, ['linux'])).toEqual(['hooks-without-record'])
    expect(codesOf(fullPolicy, ['workspace-one'])).toContain('no-known-export')
  })
})

describe('buildKit', () => {
  const build = (target: string, more = {}) => buildKit({ loaded: full, target, force: false, dryRun: false, ...more })

  it('writes what the manifest says, twice the same bytes', async () => {
    const folder = scratch()
    const [first, second] = [join(folder, 'one'), join(folder, 'two')]
    const { manifest } = await build(first)
    await build(second)
    const written = await filesOf(first)
    expect(await filesOf(second)).toEqual(written)
    const { written: _, folder: __, ...rest } = ProbeKit.parse(JSON.parse(String(written.get('probe.json'))))
    expect(rest).toEqual(manifest)
    expect(isKit(manifest), JSON.stringify(isKit.errors)).toBe(true)
    expect([...written.keys()].filter((path) => !['probe.json', 'SHA256SUMS'].includes(path))).toEqual(
      manifest.files.map(({ path }) => path),
    )
    for (const { path, size, sha256: sum, mode } of manifest.files) {
      expect([path, written.get(path)?.length, sha256(written.get(path)!)]).toEqual([path, size, sum])
      expect([path, statSync(join(first, path)).mode & 0o777]).toEqual([path, Number.parseInt(mode, 8)])
    }
    expect(readdirSync(folder).sort()).toEqual(['one', 'two'])
  })

  it('replaces its own folder, one that was changed only with force, and nothing else', async () => {
    const target = join(scratch(), 'kit')
    await build(target)
    await build(target, { mdms: ['iru'] })
    expect(readdirSync(target)).not.toContain('jamf-pro')
    writeFileSync(join(target, kitPaths.iruAudit), '#!/bin/sh\n')
    const refused = { code: 'output-refused', message: expect.stringContaining('changed by hand') as string }
    await expect(build(target)).rejects.toMatchObject(refused)
    expect(readFileSync(join(target, kitPaths.iruAudit), 'utf8')).toBe('#!/bin/sh\n')
    await build(target, { force: true })
    expect(readdirSync(target)).toContain('jamf-pro')
  })

  it('writes nothing with dryRun, and tells the same', async () => {
    const folder = scratch()
    const { manifest, written } = await build(join(folder, 'kit'), { dryRun: true })
    expect([written, readdirSync(folder)]).toEqual([false, []])
    expect(manifest).toEqual((await build(join(folder, 'kit'))).manifest)
  })

  it('needs a policy', async () => {
    const { file: _, ...defaults } = full
    await expect(build(join(scratch(), 'kit'), { loaded: defaults })).rejects.toMatchObject({ code: 'no-policy' })
  })

  it('shows what it holds and where to begin', async () => {
    const built = await build(join(scratch(), 'kit'), { mdms: ['jamf-pro', 'intune'] })
    const look = { width: 100, paint: { strong: same, good: same, bad: same, doubtful: same, faint: same } }
    const shown = probeKitText({ ...built, folder: 'probe' }, full, look as never)
    expect(shown).toContain('probe/run-books/intune.md (Microsoft Intune)')
    expect(shown).toMatch(/intune\/ +3 /)
    expect(shown).not.toContain('scheduled/')
  })
})

function same(given: string): string {
  return given
}

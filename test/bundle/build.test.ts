import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRegistryFile } from '../../src/bundle/formats/registry-file.js'
import { verifyBundle } from '../../src/bundle/verify.js'
import { buildBundle } from '../builders/building.js'
import { filesOf } from '../builders/files-of.js'

const fixtures = resolve(import.meta.dirname, '../fixtures/policies')
let folder: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-bundle-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A target in a folder of its own, so that a test can see what is left beside it. */
async function newTarget(): Promise<string> {
  const place = join(folder, String(count++))
  await mkdir(place)
  return join(place, 'bundle')
}

async function policyFile(text: string): Promise<string> {
  const file = join(folder, `policy-${count++}.yaml`)
  await writeFile(file, text)
  return file
}

/** Registry files are UTF-16; their entries are what can be reviewed. */
function asGolden(path: string, bytes: Buffer): [string, string] {
  if (!path.endsWith('.reg')) return [path, bytes.toString('utf8')]
  return [`${path}.json`, `${JSON.stringify(readRegistryFile(bytes).entries, null, 2)}\n`]
}

describe.each(['full', 'minimal'])('the bundle of the %s policy', (name) => {
  it('is what was reviewed', async () => {
    const target = await newTarget()
    await buildBundle(join(fixtures, `${name}.yaml`), target)
    const golden = resolve(import.meta.dirname, 'golden', name)
    const built = await filesOf(target)
    for (const [path, bytes] of built) {
      const [file, text] = asGolden(path, bytes)
      await mkdir(dirname(join(golden, file)), { recursive: true })
      await expect(text, path).toMatchFileSnapshot(join(golden, file))
    }
    const reviewed = [...(await filesOf(golden)).keys()]
    expect(reviewed).toEqual([...built].map(([path, bytes]) => asGolden(path, bytes)[0]).sort())
  })

  it('has the same bytes each time, and verifies', async () => {
    const [first, second] = [await newTarget(), await newTarget()]
    await buildBundle(join(fixtures, `${name}.yaml`), first)
    await buildBundle(join(fixtures, `${name}.yaml`), second)
    expect([...(await filesOf(second))]).toEqual([...(await filesOf(first))])
    expect((await verifyBundle(first)).differences).toEqual([])
  })

  it('has no finding of lint that is an error', async () => {
    const { findings } = await buildBundle(join(fixtures, `${name}.yaml`), await newTarget())
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})

describe('a build', () => {
  it('refuses what clients would drop, and leaves nothing behind', async () => {
    const target = await newTarget()
    const policy = await policyFile(
      'claudeCode: { settings: { hooks: { PreToolUse: [ { matcher: [Bash], hooks: [] } ] } } }\n',
    )
    await expect(buildBundle(policy, target)).rejects.toMatchObject({ code: 'policy-does-not-lint', exit: 4 })
    expect(await readdir(dirname(target))).toEqual([])
  })

  it('under grpc cannot use a helper, and says what to choose', async () => {
    const policy = await policyFile(
      'telemetry: { endpoint: "https://o.example:4317", protocol: grpc, headers: { Authorization: env:T } }\n',
    )
    await expect(buildBundle(policy, await newTarget())).rejects.toMatchObject({
      code: 'helper-not-read',
      details: { tryThis: [expect.stringContaining('http/protobuf'), expect.stringContaining('--resolve-secrets')] },
    })
  })

  it('has nothing to make from a policy without such sections, and says which there are', async () => {
    const target = await newTarget()
    await expect(buildBundle(await policyFile('organization: Acme\n'), target)).rejects.toMatchObject({
      code: 'nothing-to-build',
      exit: 4,
      details: { tryThis: [expect.stringContaining('telemetry, hooks, plugins')] },
    })
    expect(await readdir(dirname(target))).toEqual([])
  })

  it('makes no empty settings for Claude Code: they would only stand in the way of others', async () => {
    const target = await newTarget()
    await buildBundle(await policyFile('claudeDesktop: { settings: { disableAutoUpdates: true } }\n'), target)
    const paths = [...(await filesOf(target)).keys()]
    expect(paths.filter((path) => path.startsWith('claude-code/'))).toEqual([])
    expect(paths).toContain('claude-desktop/linux/managed-settings.json')
    const runBook = await readFile(join(target, 'run-books/jamf-pro.md'), 'utf8')
    expect(runBook).not.toContain('claude-code/')
  })

  it('without a policy says how to get one', async () => {
    const { loadPolicy } = await import('../../src/policy/load-policy.js')
    const { prepareBuild } = await import('../../src/bundle/build.js')
    const request = { target: await newTarget(), resolveSecrets: false, force: false, asOf: 0, environment: {} }
    const build = prepareBuild({ ...request, loaded: await loadPolicy(undefined) })
    await expect(build.steps[0]!.run()).rejects.toMatchObject({ code: 'no-policy', exit: 2 })
  })
})

describe('verify', () => {
  async function bundle(): Promise<string> {
    const target = await newTarget()
    await buildBundle(join(fixtures, 'minimal.yaml'), target)
    return target
  }
  const settings = 'claude-code/linux/managed-settings.json'

  it.each<[string, (target: string) => Promise<unknown>, object[]]>([
    ['changed', (target) => appendFile(join(target, settings), ' '), [{ path: settings, kind: 'changed' }]],
    ['missing', (target) => rm(join(target, settings)), [{ path: settings, kind: 'missing' }]],
    ['added', (target) => writeFile(join(target, 'extra.sh'), 'x'), [{ path: 'extra.sh', kind: 'added' }]],
    [
      'renamed',
      (target) => rename(join(target, settings), join(target, 'x.json')),
      [{ path: settings, kind: 'renamed', now: 'x.json' }],
    ],
    [
      'a link',
      async (target) => {
        await rename(join(target, settings), join(folder, 'outside.json'))
        await symlink(join(folder, 'outside.json'), join(target, settings))
      },
      [{ path: settings, kind: 'not-a-file' }],
    ],
    ['wider rights', (target) => chmod(join(target, settings), 0o666), [{ path: settings, kind: 'mode' }]],
    [
      'in a folder that others can write to',
      (target) => chmod(join(target, 'claude-code'), 0o777),
      [{ path: 'claude-code', kind: 'mode' }],
    ],
    ['in a bundle that others can write to', (target) => chmod(target, 0o777), [{ path: '.', kind: 'mode' }]],
    [
      'run with the rights of its owner',
      (target) => chmod(join(target, settings), 0o4644),
      [{ path: settings, kind: 'mode' }],
    ],
    ['beside a new folder', (target) => mkdir(join(target, 'extra')), [{ path: 'extra', kind: 'added' }]],
    [
      'beside checksums that are a link',
      async (target) => {
        await rename(join(target, 'SHA256SUMS'), join(folder, 'sums'))
        await symlink(join(folder, 'sums'), join(target, 'SHA256SUMS'))
      },
      [{ path: 'SHA256SUMS', kind: 'missing' }],
    ],
    ['no checksums', (target) => rm(join(target, 'SHA256SUMS')), [{ path: 'SHA256SUMS', kind: 'missing' }]],
    [
      'other checksums',
      (target) => appendFile(join(target, 'SHA256SUMS'), '0'),
      [{ path: 'SHA256SUMS', kind: 'checksums' }],
    ],
  ])('finds a file that is %s', async (_, change, differences) => {
    const target = await bundle()
    await change(target)
    expect((await verifyBundle(target)).differences).toMatchObject(differences)
  })

  it('finds a manifest that was fitted to changed files by its checksums', async () => {
    const target = await bundle()
    const path = join(target, 'manifest.json')
    const manifest = await readFile(path, 'utf8')
    await writeFile(path, manifest.replace(/"size": \d+/, '"size": 1'))
    expect((await verifyBundle(target)).differences).toMatchObject([{ path: 'SHA256SUMS', kind: 'checksums' }])
  })

  it.each(['', 'null', '[]', '{}', '{"schema":"fleet.bundle/v1"}', '{"schema":"fleet.bundle/v9"}', '\u0000'])(
    'refuses a folder whose manifest is %j',
    async (text) => {
      const target = await newTarget()
      await mkdir(target)
      await writeFile(join(target, 'manifest.json'), text)
      await expect(verifyBundle(target)).rejects.toMatchObject({ exit: 4 })
    },
  )

  it.each(['', '{"schema":', '{"schema":"fleet.bundle/v1","files":[]}'])(
    'says that a manifest is damaged when it is %j, and replaces such a bundle only when told to',
    async (text) => {
      const target = await bundle()
      await writeFile(join(target, 'manifest.json'), text)
      await expect(verifyBundle(target)).rejects.toMatchObject({ code: 'manifest-damaged', exit: 7 })
      await expect(buildBundle(join(fixtures, 'minimal.yaml'), target)).rejects.toMatchObject({
        code: 'output-refused',
      })
      await buildBundle(join(fixtures, 'minimal.yaml'), target, { force: true })
      expect((await verifyBundle(target)).differences).toEqual([])
    },
  )

  it('takes no manifest that points outside its folder', async () => {
    const target = await bundle()
    const path = join(target, 'manifest.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace(settings, '../../etc/passwd'))
    await expect(verifyBundle(target)).rejects.toMatchObject({ code: 'manifest-damaged' })
  })
})

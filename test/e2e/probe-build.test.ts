import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ProbeKit } from '../../src/health/kit/kit-manifest.js'
import { filesOf } from '../builders/files-of.js'
import { failureOf, fleet, folderWith, root, shell, temporaryFolder } from './run-fleet.js'

const sample = join(root, 'templates/samples/acme/fleet.yaml')
const build = (cwd: string, ...more: string[]) => fleet(['probe', 'build', '--policy', sample, ...more], { cwd })

describe('fleet probe build', () => {
  it('builds a kit from the sample policy that sha256sum finds whole', async () => {
    const cwd = temporaryFolder()
    const run = await build(cwd)
    expect(run).toMatchObject({ exit: 0, err: '' })
    expect(run.out).toContain('Built probe for Acme Instruments')
    expect(run.out).toContain('probe/run-books/jamf-pro.md (Jamf Pro)')
    const checked = await shell('cd probe && sha256sum -c --quiet SHA256SUMS', { cwd })
    expect(checked).toMatchObject({ exit: 0, out: '', err: '' })
    const sums = readFileSync(join(cwd, 'probe/SHA256SUMS'), 'utf8').trim().split('\n').length
    expect((await filesOf(join(cwd, 'probe'))).size).toBe(sums + 1)
  })

  it('prints one document with --json: that of the folder', async () => {
    const cwd = temporaryFolder()
    const run = await build(cwd, '--json', '--output', 'kit')
    expect(run).toMatchObject({ exit: 0, err: '' })
    const { folder, written, scriptsReadBy, ...manifest } = JSON.parse(run.out) as ProbeKit
    expect([folder, written, Array.isArray(scriptsReadBy)]).toEqual(['kit', true, true])
    expect(manifest).toEqual(JSON.parse(readFileSync(join(cwd, 'kit/probe.json'), 'utf8')))
    expect(manifest.mdm).toEqual(['jamf-pro', 'intune', 'iru', 'fleetdm'])
  })

  it('gives the same bytes each time, and over itself', async () => {
    const cwd = temporaryFolder()
    await build(cwd, '--mdm', 'linux')
    const first = await filesOf(join(cwd, 'probe'))
    expect((await build(cwd, '--mdm', 'linux')).exit).toBe(0)
    expect(await filesOf(join(cwd, 'probe'))).toEqual(first)
    expect(readdirSync(cwd)).toEqual(['probe'])
  })

  it('narrows with --mdm, and writes nothing with --dry-run', async () => {
    const cwd = temporaryFolder()
    const run = await build(cwd, '--dry-run', '--json', '--mdm', 'linux', '--mdm', 'iru')
    const { mdm, platforms, written } = JSON.parse(run.out) as ProbeKit
    expect([mdm, platforms, written]).toEqual([['iru', 'linux'], ['macos', 'linux'], false])
    expect((await build(cwd, '--dry-run')).out).toContain('Nothing was written.')
    expect(readdirSync(cwd)).toEqual([])
  })

  it('builds scripts that run and end with a line', async () => {
    const cwd = temporaryFolder()
    await build(cwd)
    const run = await shell('sh probe/scheduled/linux/fleet-probe.sh', { cwd })
    expect(run.err).toBe('')
    expect(run.out).toMatch(/^FH1\|(?:ok|repair|unknown)\|[A-Za-z0-9_.:|=/+-]+\|end\n$/)
    const bare = await shell('sh probe/jamf-pro/fleet-probe.sh; sh probe/iru/fleet-probe.sh', { cwd })
    expect(bare.out).toMatch(/^<result>FH1\|[^<]*\|end<\/result>\nFH1\|.*\|end\n$/)
  })

  it('refuses folders that are not its own, and leaves them', async () => {
    const cwd = folderWith({ 'mine/notes.txt': 'kept', 'fleet.yaml': readFileSync(sample), file: 'kept' })
    mkdirSync(join(cwd, 'empty'))
    symlinkSync('mine', join(cwd, 'link'))
    for (const target of ['mine', 'file', 'link', '.', '..', '', '/']) {
      const failed = failureOf(await fleet(['probe', 'build', '--json', '--force', '--output', target], { cwd }))
      expect([target, failed.exit]).toEqual([target, 5])
    }
    expect(readFileSync(join(cwd, 'mine/notes.txt'), 'utf8')).toBe('kept')
    expect(existsSync(join(cwd, 'fleet.yaml'))).toBe(true)
    expect((await fleet(['probe', 'build', '--output', 'empty'], { cwd })).exit).toBe(0)
    // Not inside a kit, nor inside a bundle.
    expect(failureOf(await fleet(['probe', 'build', '--json', '-o', 'empty/more'], { cwd })).exit).toBe(5)
    await fleet(['settings', 'build', '--as-of', '2026-11-20'], { cwd })
    expect(failureOf(await fleet(['probe', 'build', '--json', '-o', 'bundle/probe'], { cwd })).exit).toBe(5)
    expect(failureOf(await fleet(['probe', 'build', '--json', '-o', 'bundle', '--force'], { cwd })).exit).toBe(5)
  })

  it('does not replace a kit that holds the policy or was changed, unless it is told to', async () => {
    const cwd = temporaryFolder()
    await build(cwd, '--mdm', 'iru')
    writeFileSync(join(cwd, 'probe/added.txt'), '')
    expect(failureOf(await build(cwd, '--json')).message).toContain('changed by hand')
    expect((await build(cwd, '--force')).exit).toBe(0)
    expect(existsSync(join(cwd, 'probe/added.txt'))).toBe(false)
    writeFileSync(join(cwd, 'probe/fleet.yaml'), readFileSync(sample))
    const inside = await fleet(['probe', 'build', '--json', '--force', '--policy', 'probe/fleet.yaml'], { cwd })
    expect(failureOf(inside).message).toContain('holds one of the inputs')
  })

  it('tells wrong use', async () => {
    const cwd = temporaryFolder()
    expect(failureOf(await fleet(['probe', 'build', '--json'], { cwd }))).toMatchObject({ code: 'no-policy', exit: 2 })
    expect(failureOf(await build(cwd, '--json', '--mdm', 'other')).exit).toBe(2)
    expect(readdirSync(cwd)).toEqual([])
  })
})

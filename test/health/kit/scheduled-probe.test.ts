import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPropertyList } from '../../../src/bundle/formats/property-list.js'
import { jobPlaces, kitPaths } from '../../../src/health/kit/kit-places.js'
import { scheduledProbe } from '../../../src/health/kit/scheduled-probe.js'
import { readTask, task } from '../../../src/health/kit/task-file.js'
import { readProbeLine } from '../../../src/health/probe-line.js'
import { fullPolicy, kitPlanOf } from '../../builders/kit.js'
import { powerShellSyntaxErrors } from '../../builders/power-shell-syntax.js'
import { powerShellStructure } from '../../bundle/scripts/power-shell-structure.js'
import { sandbox, shells } from '../../bundle/scripts/shell-sandbox.js'

const files = new Map(scheduledProbe(kitPlanOf(fullPolicy)).map((file) => [file.path, file]))
const text = (path: string) => String(files.get(path)?.content)
const line =
  'FH1|ok|os=linux|pol=0123456789abcdef|set=file:0123456789abcdef+dead:empty|hooks=1/1|t=2026-11-20T07:41:00Z|end'

/** A root folder with a probe that does what is given, and the writer beside it. */
function machine(platform: 'macos' | 'linux', probe: string) {
  const box = sandbox()
  const places = jobPlaces[platform]
  const file = join(box.root, places.probe)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\n${probe}\n`)
  chmodSync(file, 0o755)
  const folder = join(box.root, dirname(places.line))
  mkdirSync(dirname(folder), { recursive: true })
  const write = (shell?: readonly string[]) =>
    box.run(text(kitPaths.writer(platform)), ['--root', box.root], shell ? { shell } : {})
  return { ...box, folder, file: join(box.root, places.line), write }
}

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('the writer under %s', (_, shell) => {
  it('keeps the last line of the probe, for all to read and for root to write', () => {
    const { write, file, folder } = machine('linux', `echo noise; echo '${line}'`)
    expect(write(shell)).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(readFileSync(file, 'utf8')).toBe(`${line}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o644)
    expect(statSync(folder).mode & 0o777).toBe(0o755)
    expect(readdirSync(folder)).toEqual(['probe-line'])
  })

  it('writes a property list for osquery on a Mac', () => {
    const { write, folder, root } = machine('macos', `echo '${line}'`)
    expect(write(shell)).toMatchObject({ status: 0, stderr: '' })
    const { value, problems } = readPropertyList(readFileSync(join(root, jobPlaces.macos.propertyList)))
    expect([value, problems]).toEqual([{ line }, []])
    expect(readdirSync(folder).sort()).toEqual(['probe-line', 'probe.plist'])
  })

  it('keeps the old line where the probe gives something else', () => {
    const others = [
      'exit 0',
      'exit 7',
      'echo "no line"',
      `echo '${line.slice(0, -4)}'`,
      `echo '${line.replace('ok', '<b>')}'`,
      `echo '${line.replace('ok', '$(id)')}'`,
      `echo '${line.replace('ok', 'a b')}'`,
      `echo '${line.replace('ok', 'a\\b')}'`,
      `echo '${line.replace('ok', `"`)}'`,
      `echo 'FH1|${'a'.repeat(1600)}|end'`,
      `printf '${line}\\nmore\\n'`,
      `printf 'FH1|\\303\\251|end\\n'`,
    ]
    for (const probe of others) {
      const { write, file, folder } = machine('macos', probe)
      mkdirSync(folder)
      writeFileSync(file, 'old\n')
      expect([probe, write(shell).status]).toEqual([probe, 1])
      expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['old\n', ['probe-line']])
    }
  })
})

describe('the writer', () => {
  it('refuses a folder that is a link or that others can write to', () => {
    const linked = machine('linux', `echo '${line}'`)
    mkdirSync(join(linked.root, 'elsewhere'))
    symlinkSync(join(linked.root, 'elsewhere'), linked.folder)
    expect(linked.write()).toMatchObject({ status: 1, stderr: expect.stringContaining('is no folder') as string })
    expect(readdirSync(join(linked.root, 'elsewhere'))).toEqual([])
    const open = machine('linux', `echo '${line}'`)
    mkdirSync(open.folder)
    chmodSync(open.folder, 0o777)
    expect(open.write().status).toBe(1)
    expect(readdirSync(open.folder)).toEqual([])
  })

  it('writes neither through a link nor into a folder in the place of the line', () => {
    const linked = machine('linux', `echo '${line}'`)
    mkdirSync(linked.folder)
    writeFileSync(join(linked.root, 'target'), 'kept')
    symlinkSync(join(linked.root, 'target'), linked.file)
    expect(linked.write().status).toBe(0)
    expect(readFileSync(join(linked.root, 'target'), 'utf8')).toBe('kept')
    expect(readFileSync(linked.file, 'utf8')).toBe(`${line}\n`)
    const folder = machine('linux', `echo '${line}'`)
    mkdirSync(folder.file, { recursive: true })
    expect(folder.write().status).toBe(1)
    expect([readdirSync(folder.file), readdirSync(folder.folder)]).toEqual([[], ['probe-line']])
  })

  it('takes away what a run that was killed has left', () => {
    const { write, folder } = machine('linux', `echo '${line}'`)
    mkdirSync(folder)
    writeFileSync(join(folder, '.fleet-abcdefgh'), '')
    spawnSync('touch', ['-d', '3 days ago', join(folder, '.fleet-abcdefgh')])
    expect(write().status).toBe(0)
    expect(readdirSync(folder)).toEqual(['probe-line'])
  })
})

describe.each(['macos', 'linux'] as const)('the installer for %s', (platform) => {
  const script = text(kitPaths.install(platform))
  const installed = {
    macos: [jobPlaces.macos.probe, jobPlaces.macos.writer, jobPlaces.macos.job],
    linux: [jobPlaces.linux.probe, jobPlaces.linux.writer, jobPlaces.linux.service, jobPlaces.linux.timer],
  }[platform]

  it.each(shells.map((shell) => [shell.join(' '), shell] as const))(
    'installs, checks and removes under %s',
    (_, shell) => {
      const { root, run, strayFiles } = sandbox()
      const go = (...more: string[]) => run(script, ['--root', root, ...more], { shell })
      expect(go('--check')).toMatchObject({ status: 1 })
      expect(go()).toMatchObject({ status: 0, stderr: '' })
      for (const place of installed) expect([place, existsSync(join(root, place))]).toEqual([place, true])
      expect(readFileSync(join(root, jobPlaces[platform].probe), 'utf8')).toBe(text(kitPaths.probe(platform)))
      expect(readFileSync(join(root, jobPlaces[platform].writer), 'utf8')).toBe(text(kitPaths.writer(platform)))
      expect(statSync(join(root, jobPlaces[platform].writer)).mode & 0o777).toBe(0o755)
      expect(go('--check')).toMatchObject({ status: 0, stdout: 'in place\n' })
      expect(
        go()
          .stdout.split('\n')
          .filter((told) => told !== '')
          .every((told) => told.startsWith('unchanged')),
      ).toBe(true)
      writeFileSync(join(root, installed[1]!), 'changed')
      expect(go('--check')).toMatchObject({ status: 1, stdout: expect.stringContaining('differs') as string })
      expect(go()).toMatchObject({ status: 0 })
      expect(go('--check')).toMatchObject({ status: 0 })
      expect(go('--uninstall')).toMatchObject({ status: 0, stderr: '' })
      for (const place of installed) expect([place, existsSync(join(root, place))]).toEqual([place, false])
      expect(strayFiles()).toEqual([])
    },
  )

  it('installs a probe whose line the writer keeps', () => {
    const { root, run } = sandbox()
    expect(run(script, ['--root', root]).status).toBe(0)
    const writer = readFileSync(join(root, jobPlaces[platform].writer), 'utf8')
    mkdirSync(dirname(dirname(join(root, jobPlaces[platform].line))), { recursive: true })
    expect(run(writer, ['--root', root])).toMatchObject({ status: 0, stderr: '' })
    const kept = readFileSync(join(root, jobPlaces[platform].line), 'utf8')
    expect(readProbeLine(kept)).toMatchObject({ kind: 'line', facts: { platform } })
  })

  it('refuses wrong use and its own changed data, and changes nothing', () => {
    const { root, run } = sandbox()
    for (const wrong of [['--what'], ['--root'], ['x']]) expect(run(script, wrong).status).toBe(2)
    const changed = script.replace(/^(cat <<'FLEET_WRITER'\n| {2}cat <<'FLEET_WRITER'\n).{8}/m, '$1AAAAAAAA')
    expect(changed).not.toBe(script)
    expect(run(changed, ['--root', root]).status).toBe(1)
    expect(readdirSync(root)).toEqual([])
  })

  it('installs nothing through a folder that is a link', () => {
    const { root, run } = sandbox()
    mkdirSync(join(root, 'elsewhere'))
    symlinkSync(join(root, 'elsewhere'), join(root, 'usr'))
    expect(run(script, ['--root', root]).status).toBe(1)
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([])
  })
})

describe('the job', () => {
  it('on Linux can be a line for cron', () => {
    const { root, run } = sandbox()
    const script = text(kitPaths.install('linux'))
    expect(run(script, ['--cron', '--root', root])).toMatchObject({ status: 0 })
    expect(readFileSync(join(root, jobPlaces.linux.cron), 'utf8')).toBe(text(kitPaths.cron))
    expect(existsSync(join(root, jobPlaces.linux.timer))).toBe(false)
    expect(run(script, ['--cron', '--check', '--root', root])).toMatchObject({ status: 0 })
    expect(run(script, ['--check', '--root', root])).toMatchObject({ status: 1 })
    expect(run(script, ['--uninstall', '--root', root])).toMatchObject({ status: 0 })
    expect(existsSync(join(root, jobPlaces.linux.cron))).toBe(false)
  })

  it.skipIf(spawnSync('systemd-analyze', ['--version']).status !== 0)('is what systemd takes', () => {
    const { root } = sandbox()
    const writer = join(root, 'writer')
    writeFileSync(writer, '#!/bin/sh\n')
    chmodSync(writer, 0o755)
    const [service, timer] = [join(root, 'fleet-probe.service'), join(root, 'fleet-probe.timer')]
    // Only where it is installed the writer stands at its place.
    writeFileSync(service, text(kitPaths.service).replace(jobPlaces.linux.writer, writer))
    writeFileSync(timer, text(kitPaths.timer))
    const { stdout, stderr, status } = spawnSync('systemd-analyze', ['verify', '--man=no', service, timer], {
      encoding: 'utf8',
      env: { ...process.env, SYSTEMD_LOG_LEVEL: 'warning' },
    })
    expect([stdout, stderr.split('\n').filter((told) => told.includes('fleet-probe')), status]).toEqual(['', [], 0])
  })

  it('on Windows is UTF-16 with its mark, as schtasks reads it', () => {
    const bytes = Buffer.from(files.get(kitPaths.task)?.content as Uint8Array)
    expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xfe])
    expect(bytes.toString('utf16le')).toContain('encoding="UTF-16"?>\r\n<Task ')
    expect(readTask(bytes)).toEqual(task)
    expect(() => readTask(Buffer.from('<Task/>'))).toThrow()
  })

  it.each([kitPaths.launchd, kitPaths.service, kitPaths.timer, kitPaths.cron, kitPaths.task])('%s', async (path) => {
    const bytes = Buffer.from(files.get(path)?.content ?? '')
    const shown =
      path === kitPaths.task ? bytes.toString('utf16le').slice(1).replaceAll('\r\n', '\n') : bytes.toString()
    await expect(shown).toMatchFileSnapshot(`golden/${path.replaceAll('/', '.')}`)
  })
})

describe.each([kitPaths.writer('windows'), kitPaths.install('windows')])('%s', (path) => {
  it('is pure ASCII, with every quote and bracket closed', () => {
    expect(text(path)).toMatch(/^[\t\n -~]*$/)
    expect(powerShellStructure(text(path)).problems).toEqual([])
  })

  it('is PowerShell', async () => {
    expect(await powerShellSyntaxErrors(text(path))).toEqual([])
  })

  it('holds no template mark', () => {
    expect(text(path)).not.toContain('@@')
  })
})

it('reads back every file with data', () => {
  for (const [path, { content, readBack, data }] of files) {
    if (readBack === undefined) continue
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    expect([path, readBack(bytes)]).toEqual([path, data])
  }
})

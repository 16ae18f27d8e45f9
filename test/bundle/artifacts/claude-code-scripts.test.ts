import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { claudeCodeInstallScripts } from '../../../src/bundle/artifacts/claude-code-scripts.js'
import { Secret } from '../../../src/policy/secret-reference.js'
import { planOf } from '../../builders/plan.js'
import { folders, scriptOf, settingsFile, simple, telemetry } from '../scripts/settings-script.js'
import { commonTools, isRoot, type Sandbox, sandbox, shells, withTools } from '../scripts/shell-sandbox.js'

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8)
}

describe('the install script for Claude Code settings', () => {
  it.each(shells)('passes the syntax check of %s', (...shell) => {
    const { run } = sandbox()
    for (const platform of ['macos', 'linux'] as const)
      expect(run(scriptOf(planOf({ telemetry }), platform), [], { shell: [...shell, '-n'] })).toEqual({
        status: 0,
        signal: null,
        stdout: '',
        stderr: '',
      })
  })

  it('passes shellcheck, where that is installed', ({ skip }) => {
    if (spawnSync('shellcheck', ['--version']).status !== 0) skip('shellcheck is not installed')
    const { root } = sandbox()
    for (const platform of ['macos', 'linux'] as const) {
      writeFileSync(join(root, 'script.sh'), scriptOf(planOf({ telemetry }), platform))
      expect(spawnSync('shellcheck', [join(root, 'script.sh')], { encoding: 'utf8' }).stdout).toBe('')
    }
  })

  it.each(shells)('installs, checks, changes nothing twice and removes under %s', (...shell) => {
    const { root, run, strayFiles } = sandbox()
    for (const platform of ['macos', 'linux'] as const) {
      const script = scriptOf(simple, platform)
      const file = settingsFile(root, platform)
      const go = (...parameters: string[]) => run(script, ['--root', root, ...parameters], { shell })
      expect(go('--check')).toMatchObject({ status: 1, stdout: 'differs: not there\n' })
      expect(go()).toMatchObject({ status: 0, stderr: '' })
      expect(readFileSync(file, 'utf8')).toBe('{\n  "cleanupPeriodDays": 30\n}\n')
      expect([modeOf(file), modeOf(join(file, '..'))]).toEqual(['644', '755'])
      const { ino } = statSync(file)
      expect(go()).toMatchObject({ status: 0, stdout: `unchanged: ${file}\n`, stderr: '' })
      expect(statSync(file).ino).toBe(ino)
      expect(go('--check')).toMatchObject({ status: 0, stdout: 'in place\n' })
      expect(go('--uninstall')).toMatchObject({ status: 0 })
      expect(existsSync(file)).toBe(false)
      expect(go('--uninstall')).toMatchObject({ status: 0, stdout: 'unchanged: not there\n' })
    }
    expect(strayFiles()).toEqual([])
  })

  it('writes a drop-in beside settings of others', () => {
    const { root, run } = sandbox()
    mkdirSync(join(root, folders.linux), { recursive: true })
    writeFileSync(settingsFile(root), '{"model":"opus"}')
    expect(run(scriptOf(simple), ['--drop-in', '--root', root]).status).toBe(0)
    const file = settingsFile(root, 'linux', 'managed-settings.d/50-fleet.json')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ cleanupPeriodDays: 30 })
    expect(readFileSync(settingsFile(root), 'utf8')).toBe('{"model":"opus"}')
    expect(run(scriptOf(simple), ['--check', '--root', root]).status).toBe(1)
    expect(run(scriptOf(simple), ['--drop-in', '--check', '--root', root]).status).toBe(0)
    expect(run(scriptOf(simple), ['--drop-in', '--uninstall', '--root', root]).status).toBe(0)
    expect(readdirSync(join(file, '..'))).toEqual([])
  })

  it('warns of the other one of the two files, since clients read both', () => {
    const { root, run } = sandbox()
    const go = (...parameters: string[]) => run(scriptOf(simple), ['--root', root, ...parameters])
    const base = settingsFile(root)
    const dropIn = settingsFile(root, 'linux', 'managed-settings.d/50-fleet.json')
    go('--drop-in')
    expect(go('--check')).toMatchObject({
      status: 1,
      stdout: 'differs: not there\n',
      stderr: `install-claude-code-settings: ${dropIn} is there too, with the same settings: call this script with --drop-in as well for that file.\n`,
    })
    expect(go('--drop-in', '--check')).toMatchObject({ status: 0, stderr: '' })
    expect(go('--uninstall')).toMatchObject({ status: 0, stdout: 'unchanged: not there\n' })
    expect(go('--uninstall').stderr).toContain('--drop-in')
    expect(existsSync(dropIn)).toBe(true)
    writeFileSync(base, '{"model":"opus"}')
    expect(go('--drop-in', '--check')).toMatchObject({
      status: 0,
      stderr: `install-claude-code-settings: ${base} is there too, with settings that this script does not write; clients read both files.\n`,
    })
    expect(go('--drop-in', '--uninstall').stderr).toContain(`${base} is there too`)
    expect(existsSync(dropIn)).toBe(false)
    expect(go('--check').stderr).toBe('')
    go()
    go('--drop-in')
    expect(go('--drop-in', '--check').stderr).toContain('call this script without --drop-in for that file')
    symlinkSync(join(root, 'nowhere'), join(root, 'link'))
    renameSync(join(root, 'link'), base)
    expect(go('--drop-in', '--check').stderr).toContain('does not write')
  })

  it.each(shells)('takes its switches from a line in a copy, where a product hands over none, under %s', (...shell) => {
    const { root, run } = sandbox()
    const file = settingsFile(root)
    expect(run(scriptOf(simple), ['--root', root], { shell }).status).toBe(0)
    const copy = (switches: string) =>
      scriptOf(simple).replace('#!/bin/sh\n', `#!/bin/sh\nset -- ${switches} --root '${root}'\n`)
    expect(run(copy('--check'), [], { shell })).toMatchObject({ status: 0, stdout: 'in place\n', stderr: '' })
    expect(run(copy('--uninstall'), ['what', 'ever'], { shell }).status).toBe(0)
    expect(existsSync(file)).toBe(false)
  })

  it('understands what Jamf Pro hands to every script', () => {
    const { root, run } = sandbox()
    const jamf = ['/', "Mac of somebody's", '']
    const four = (...parameters: string[]) => [...jamf, ...parameters, ...Array(8 - parameters.length).fill('')]
    expect(run(scriptOf(simple), four('--root', root))).toMatchObject({ status: 0, stderr: '' })
    expect(run(scriptOf(simple), four('--check', '--root', root))).toMatchObject({ status: 0, stdout: 'in place\n' })
    expect(run(scriptOf(simple), four('--uninstall', '--root', root)).status).toBe(0)
    expect(existsSync(settingsFile(root))).toBe(false)
    expect(run(scriptOf(simple), four('uninstall', '--root', root))).toMatchObject({ status: 2, stdout: '' })
  })

  it.each([
    [['--chekc']],
    [['--root']],
    [['--root', '']],
    [['--check', '--uninstall']],
    [['file']],
    [['/file', '--drop-in', '--check']],
    [['a', 'b', 'c']],
  ])('refuses to be called with %j', (parameters) => {
    const { root, run } = sandbox()
    expect(run(scriptOf(simple), [...parameters])).toMatchObject({ status: 2, stdout: '' })
    expect(readdirSync(root)).toEqual([])
  })

  it('needs root where there is no --root', ({ skip }) => {
    const { run } = sandbox()
    if (isRoot && run('exit 0', [], { asNobody: true }).status !== 0) skip('cannot become another user')
    expect(run(scriptOf(simple), [], { asNobody: true })).toMatchObject({ status: 1, stdout: '' })
    expect(run(scriptOf(simple), ['--check'], { asNobody: true })).toMatchObject({ status: 2, stdout: '' })
  })

  it('replaces other settings, and leaves them alone when it is to remove its own', () => {
    const { root, run } = sandbox()
    mkdirSync(join(root, folders.linux), { recursive: true })
    writeFileSync(settingsFile(root), '{}')
    expect(run(scriptOf(simple), ['--uninstall', '--root', root]).status).toBe(1)
    expect(readFileSync(settingsFile(root), 'utf8')).toBe('{}')
    expect(run(scriptOf(simple), ['--check', '--root', root])).toMatchObject({
      status: 1,
      stdout: 'differs: other settings\n',
    })
    expect(run(scriptOf(simple), ['--root', root]).status).toBe(0)
    expect(JSON.parse(readFileSync(settingsFile(root), 'utf8'))).toEqual({ cleanupPeriodDays: 30 })
  })

  it('sees and mends rights that let others write', () => {
    const { root, run } = sandbox()
    const script = scriptOf(simple)
    run(script, ['--root', root])
    for (const [path, mode] of [
      [settingsFile(root), 0o666],
      [settingsFile(root), 0o600],
      [join(root, folders.linux), 0o777],
    ] as const) {
      chmodSync(path, mode)
      expect(run(script, ['--check', '--root', root])).toMatchObject({
        status: 1,
        stdout: 'differs: owner or rights\n',
      })
      expect(run(script, ['--root', root]).status).toBe(0)
      expect(run(script, ['--check', '--root', root]).status).toBe(0)
    }
  })

  it('refuses links, and writes through none', () => {
    for (const linked of [folders.linux, `${folders.linux}/managed-settings.json`, 'etc']) {
      const { root, run } = sandbox()
      const elsewhere = join(root, '..', 'elsewhere')
      mkdirSync(elsewhere)
      writeFileSync(join(elsewhere, 'file'), 'untouched')
      mkdirSync(join(root, linked, '..'), { recursive: true })
      symlinkSync(linked.endsWith('.json') ? join(elsewhere, 'file') : elsewhere, join(root, linked))
      const result = run(scriptOf(simple), ['--root', root])
      expect(result).toMatchObject({ status: 1, stdout: '' })
      expect(result.stderr).toContain('is a symbolic link')
      run(scriptOf(simple), ['--uninstall', '--root', root])
      expect(run(scriptOf(simple), ['--check', '--root', root]).status).toBe(1)
      expect(readdirSync(elsewhere)).toEqual(['file'])
      expect(readFileSync(join(elsewhere, 'file'), 'utf8')).toBe('untouched')
    }
  })

  it.skipIf(!isRoot)('refuses a folder of somebody else, and a way that everybody can change', () => {
    const theirs = sandbox()
    mkdirSync(join(theirs.root, folders.linux), { recursive: true })
    chownSync(join(theirs.root, folders.linux), 65534, 65534)
    expect(theirs.run(scriptOf(simple), ['--root', theirs.root])).toMatchObject({ status: 1, stdout: '' })
    expect(theirs.run(scriptOf(simple), ['--check', '--root', theirs.root]).status).toBe(1)
    const open = sandbox()
    mkdirSync(join(open.root, 'etc'))
    chmodSync(join(open.root, 'etc'), 0o777)
    expect(open.run(scriptOf(simple), ['--root', open.root])).toMatchObject({ status: 1, stdout: '' })
    expect(existsSync(settingsFile(theirs.root)) || existsSync(settingsFile(open.root))).toBe(false)
  })

  it('refuses a script whose data was changed', () => {
    const { root, run } = sandbox()
    const script = scriptOf(simple)
    const block = /<<'FLEET_DATA'\n(.)/
    for (const broken of [
      script.replace(block, (all, first) => all.slice(0, -1) + (first === 'e' ? 'f' : 'e')),
      script.replace(/<<'FLEET_DATA'\n[\s\S]*?\nFLEET_DATA\n/, "<<'FLEET_DATA'\n!!!!\nFLEET_DATA\n"),
    ]) {
      expect(broken).not.toBe(script)
      expect(run(broken, ['--root', root])).toMatchObject({ status: 1, stdout: '' })
      expect(run(broken, ['--check', '--root', root])).toMatchObject({ status: 2, stdout: '' })
      expect(readdirSync(root)).toEqual([])
    }
  })

  describe('with other tools', () => {
    it.each([
      ['GNU', ['base64', 'sha256sum'], {}],
      ['shasum', ['base64', 'shasum', 'perl'], {}],
      ['OpenSSL alone', ['openssl'], {}],
      [
        'the base64 of old Macs',
        ['sha256sum'],
        { base64: '[ "$1" = -D ] || { echo "usage: base64" >&2; cat; exit 0; }\nexec /usr/bin/base64 -d' },
      ],
    ])('works with %s', (_, tools, fakes) => {
      const { root, run } = sandbox()
      const script = withTools(scriptOf(simple), [...commonTools, ...tools], fakes)
      expect(run(script, ['--root', root])).toMatchObject({ status: 0, stderr: '' })
      expect(run(script, ['--root', root, '--check'])).toMatchObject({ status: 0, stderr: '' })
    })

    it('refuses without a SHA-256: unknown is no pass', () => {
      const { root, run } = sandbox()
      const script = withTools(scriptOf(simple), [...commonTools, 'base64'])
      expect(run(script, ['--root', root])).toMatchObject({ status: 1, stdout: '' })
      expect(run(script, ['--check', '--root', root])).toMatchObject({ status: 2, stdout: '' })
      expect(readdirSync(root)).toEqual([])
    })

    it.each([
      ['a disk that fills up', { cat: 'case $1 in */wanted) exec head -c 5 "$1" ;; esac\nexec /bin/cat "$@"' }, 1],
      ['a write that fails', { cat: 'case $1 in */wanted) exit 1 ;; esac\nexec /bin/cat "$@"' }, 1],
      ['a chmod that fails', { chmod: 'case $1 in 644) exit 1 ;; esac\nexec /bin/chmod "$@"' }, 1],
      ['a chown that fails', { chown: 'exit 1' }, 1],
      ['a rename that fails', { mv: 'exit 1' }, 1],
      ['a kill before the rename', { mv: 'kill -9 $PPID' }, null],
      ['an interruption before the rename', { mv: 'kill -2 $PPID; sleep 1; exit 1' }, 130],
    ])('leaves the old file whole at %s', (_, fakes, status) => {
      const { root, run } = sandbox()
      const other = planOf({ claudeCode: { settings: { cleanupPeriodDays: 7 } } })
      expect(run(scriptOf(other), ['--root', root]).status).toBe(0)
      const before = readFileSync(settingsFile(root), 'utf8')
      const tools = [...commonTools, 'base64', 'sha256sum', 'head', 'sleep']
      const result = run(withTools(scriptOf(simple), tools, fakes), ['--root', root])
      expect(result.status).toBe(status)
      expect(result.stdout).toBe('')
      expect(readFileSync(settingsFile(root), 'utf8')).toBe(before)
      const left = readdirSync(join(root, folders.linux))
      if (status !== null) expect(left).toEqual(['managed-settings.json'])
      // Clients read neither hidden files nor other endings.
      for (const name of left) expect(name).toMatch(/^(?:managed-settings\.json|\.fleet-\w{8})$/)
      expect(run(scriptOf(simple), ['--root', root]).status).toBe(0)
      expect(JSON.parse(readFileSync(settingsFile(root), 'utf8'))).toEqual({ cleanupPeriodDays: 30 })
    })

    it('sees the access control lists of Macs', () => {
      const { root, run } = sandbox()
      const fakes = {
        uname: 'echo Darwin',
        ls: 'echo "drwxr-xr-x+ 2 root wheel 64 x"; echo " 0: user:someone allow add_file"',
      }
      const tools = [...commonTools, 'base64', 'sha256sum']
      const script = scriptOf(simple, 'macos')
      expect(run(withTools(script, tools, fakes), ['--root', root])).toMatchObject({ status: 1, stdout: '' })
      expect(existsSync(settingsFile(root, 'macos'))).toBe(false)
      expect(run(script, ['--root', root]).status).toBe(0)
      expect(run(withTools(script, tools, fakes), ['--check', '--root', root])).toMatchObject({ status: 2, stdout: '' })
      const none = { ...fakes, ls: 'echo "drwxr-xr-x@ 2 root wheel 64 x"' }
      expect(run(withTools(script, tools, none), ['--check', '--root', root]).status).toBe(0)
    })
  })

  it('is for its owner alone when secrets are in it', () => {
    const secrets = new Map([['Authorization', new Secret('Bearer canary')]])
    const plan = planOf({ telemetry: { ...telemetry, headers: { Authorization: 'env:TOKEN' } } }, { secrets })
    expect(claudeCodeInstallScripts.files(plan).map(({ mode, secret }) => [mode, secret])).toEqual([
      [0o600, true],
      [0o600, true],
    ])
    expect(claudeCodeInstallScripts.files(simple).map(({ mode, secret }) => [mode, secret])).toEqual([
      [0o755, false],
      [0o755, false],
    ])
  })

  it('is read back by what a shell would find, and a second block or a broken one is not', () => {
    const [, file] = claudeCodeInstallScripts.files(simple)
    const script = String(file?.content)
    const read = (text: string) => file?.readBack?.(Buffer.from(text))
    expect(read(script)).toEqual({ cleanupPeriodDays: 30 })
    expect(read(script + script)).toBeUndefined()
    expect(read(script.replace(/<<'FLEET_DATA'\n/, (all) => `${all}*`))).toBeUndefined()
    expect(read(script.replace(/\nFLEET_DATA\n/, '\nFLEET_DATA \n'))).toBeUndefined()
  })
})

/** Two runs at once: one may lose, but the file is whole. */
describe('two installations at once', () => {
  it('leave one whole file', async () => {
    const box: Sandbox = sandbox()
    expect(box.run(scriptOf(simple), ['--root', box.root]).status).toBe(0)
    const file = settingsFile(box.root)
    const moved = join(box.root, 'moved.json')
    renameSync(file, moved)
    const both = `sh "$0.one" --root "$1" & sh "$0.one" --root "$1" & wait`
    writeFileSync(join(box.root, '..', 'script.sh.one'), scriptOf(simple))
    expect(box.run(both, [box.root]).status).toBe(0)
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(moved, 'utf8'))
    expect(readdirSync(join(file, '..'))).toEqual(['managed-settings.json'])
  })
})

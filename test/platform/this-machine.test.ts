import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Machine } from '../../src/platform/machine.js'
import { readProcessList } from '../../src/platform/process-list.js'
import { thisMachine } from '../../src/platform/this-machine.js'
import { type BuiltMachine, buildMachine, canChangeOwners, type MachineSpec } from '../builders/machine.js'

const linux: MachineSpec = {
  platform: 'linux',
  now: '2026-11-18T08:00:00Z',
  installed: '2026-11-10T08:00:00Z',
  users: [{ name: 'first' }, { name: 'second' }],
  files: {},
}

async function on<T>(spec: MachineSpec, work: (built: BuiltMachine) => Promise<T>): Promise<T> {
  const built = await buildMachine(spec)
  try {
    return await work(built)
  } finally {
    await built.remove()
  }
}

const textOf = async (machine: Machine, path: string, limits: Parameters<Machine['read']>[1]) => {
  const read = await machine.read(path, limits)
  return read.kind === 'bytes' ? Buffer.from(read.bytes).toString() : read.kind
}

describe('read', () => {
  it('gives content, or the reason why not', async () => {
    const files = {
      '/etc/some': 'some text',
      '/etc/fifo': { fifo: true },
      '/etc/link': { link: '/etc/some' },
      '/etc/huge': { sparse: 5 * 1024 ** 3 },
      '/etc/empty': '',
    } as const
    await on({ ...linux, files }, async ({ machine }) => {
      expect(await textOf(machine, '/etc/some', { most: 9 })).toBe('some text')
      expect(await textOf(machine, '/etc/some', { most: 8 })).toBe('too-large')
      expect(await textOf(machine, '/etc/some', { most: 4, end: true })).toBe('text')
      expect(await textOf(machine, '/etc/empty', { most: 4 })).toBe('')
      expect(await textOf(machine, '/etc/huge', { most: 1024 })).toBe('too-large')
      expect((await textOf(machine, '/etc/huge', { most: 1024, end: true })).length).toBe(1024)
      for (const path of ['/etc/fifo', '/etc/link', '/etc']) {
        expect(await textOf(machine, path, { most: 9 }), path).toBe('not-a-file')
      }
      expect(await textOf(machine, '/etc/none', { most: 9 })).toBe('absent')
      expect(await textOf(machine, '/etc/some/below', { most: 9 })).toBe('absent')
    })
  })

  it.runIf(canChangeOwners)('refuses a file of another owner than was asked for', async () => {
    const files = { '/home/first/x': 'mine', '/home/first/y': { content: 'not mine', owner: 'second' } }
    await on({ ...linux, files }, async ({ machine }) => {
      expect(await textOf(machine, '/home/first/x', { most: 9, owner: 1001 })).toBe('mine')
      expect(await textOf(machine, '/home/first/y', { most: 9, owner: 1001 })).toBe('foreign')
    })
  })
})

describe('names', () => {
  it('are in order, and as many as asked for', async () => {
    const files = Object.fromEntries(['b', 'a', 'B', '.c'].map((name) => [`/srv/${name}`, '']))
    await on({ ...linux, files }, async ({ machine }) => {
      expect(await machine.names('/srv', 10)).toEqual(['.c', 'B', 'a', 'b'])
      expect(await machine.names('/srv', 2)).toEqual(['.c', 'B'])
      expect(await machine.names('/srv/a', 2)).toBeUndefined()
      expect(await machine.names('/none', 2)).toBeUndefined()
    })
  })
})

describe('users', () => {
  it('of Linux are people with a home of their own', async () => {
    const own = (id: number) => (canChangeOwners ? id : (process.getuid?.() ?? 0))
    const passwd = [
      `first:x:${own(1001)}:1:,:/home/first:/bin/sh`,
      `again:x:${own(1001)}:1::/home/first:/bin/sh`,
      'low:x:999:1::/home/second:/bin/sh',
      'text:x:abc:1::/home/second:/bin/sh',
      'relative:x:1002:1::home/second:/bin/sh',
      'nowhere:x:1003:1::/home/nowhere:/bin/sh',
      'link:x:1004:1::/home/link:/bin/sh',
      'broken',
    ]
    const files = { '/etc/passwd': `${passwd.join('\n')}\n`, '/home/link': { link: '/home/first' } }
    await on({ ...linux, files }, async ({ machine }) => {
      expect(await machine.users()).toEqual([{ id: own(1001), home: '/home/first' }])
    })
  })

  it('are only the one we are, without rights over the others', async () => {
    await on({ ...linux, runAs: 'second' }, async ({ machine }) => {
      expect(machine.administrator).toBe(false)
      expect((await machine.users()).map(({ home }) => home)).toEqual(['/home/second'])
    })
  })

  it('of Windows are profiles of people, found without regard to case', async () => {
    const registry = [
      {
        hive: 'HKLM',
        key: 'software\\microsoft\\WINDOWS NT\\CurrentVersion\\ProfileList\\S-1-5-18',
        name: 'ProfileImagePath',
        text: 'C:\\Windows\\system32\\config\\systemprofile',
      },
    ]
    await on({ ...linux, platform: 'windows', registry }, async ({ machine }) => {
      const users = await machine.users()
      expect(users.map(({ home }) => home)).toEqual(['C:\\Users\\first', 'C:\\Users\\second'])
    })
  })
})

describe('isWritableByUsers', () => {
  const file = { content: '', mode: 0o755 }
  it.each<[string, MachineSpec['files'], boolean | undefined]>([
    ['a plain file', { '/opt/x/hook': file }, false],
    ['nothing', {}, undefined],
    ['a file for others to write', { '/opt/x/hook': { ...file, mode: 0o757 } }, true],
    ['a folder for others to write', { '/opt/x/hook': file, '/opt': { folder: true, mode: 0o777 } }, true],
    ['a sticky folder', { '/opt/x/hook': file, '/opt': { folder: true, mode: 0o1777 } }, false],
    ['a link into a safe folder', { '/opt/x/hook': { link: '/srv/hook' }, '/srv/hook': file }, false],
    [
      'a link into an open folder',
      { '/opt/x/hook': { link: '../../srv/hook' }, '/srv/hook': file, '/srv': { folder: true, mode: 0o777 } },
      true,
    ],
    ['a link to itself', { '/opt/x/hook': { link: '/opt/x/hook' } }, undefined],
  ])('of %s', async (_, files, expected) => {
    await on({ ...linux, files }, async ({ machine }) => {
      expect(await machine.isWritableByUsers('/opt/x/hook')).toBe(expected)
    })
  })
})

describe('the process list', () => {
  it('is read as ps writes it, and strange lines are skipped', () => {
    const text = [
      'Sat Nov 21 06:56:44 2026 /usr/bin/claude --continue  ',
      '  Sun Feb  1 00:00:09 2026    /Applications/Claude.app/Contents/MacOS/Claude',
      'Sat Foo 21 06:56:44 2026 x',
      'claude',
      '',
    ].join('\n')
    expect(readProcessList(text)).toEqual([
      { started: Date.UTC(2026, 10, 21, 6, 56, 44) / 1000, command: '/usr/bin/claude --continue' },
      { started: Date.UTC(2026, 1, 1, 0, 0, 9) / 1000, command: '/Applications/Claude.app/Contents/MacOS/Claude' },
    ])
  })

  it('is unknown for a folder without one', async () => {
    await on(linux, async ({ machine }) => expect(await machine.processes()).toBeUndefined())
  })
})

describe.skipIf(process.platform === 'win32')('this machine itself', () => {
  it('tells its processes, us among them with a time of start', async () => {
    const processes = (await thisMachine().processes()) ?? []
    const now = Date.now() / 1000
    const ours = processes.filter(({ command }) => command.includes('node'))
    expect(ours.length).toBeGreaterThan(0)
    expect(ours.some(({ started }) => Math.abs(now - started) < 86_400)).toBe(true)
  })

  it('reads a file of its own, and neither a link nor a FIFO', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'this-machine-'))
    try {
      await writeFile(join(folder, 'file'), 'text')
      await symlink(join(folder, 'file'), join(folder, 'link'))
      execFileSync('mkfifo', [join(folder, 'fifo')])
      const machine = thisMachine()
      expect(await textOf(machine, join(folder, 'file'), { most: 10 })).toBe('text')
      expect(await textOf(machine, join(folder, 'link'), { most: 10 })).toBe('not-a-file')
      expect(await textOf(machine, join(folder, 'fifo'), { most: 10 })).toBe('not-a-file')
      expect(machine.administrator).toBe(canChangeOwners)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

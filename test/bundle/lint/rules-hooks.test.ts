import { describe, expect, it } from 'vitest'
import { clientBehaviour } from '../../../src/bundle/client-behaviour.js'
import { clientsText } from '../../../src/bundle/lint/client-versions.js'
import { rules } from '../../../src/bundle/lint/rules-hooks.js'
import { errorsOf, hitsOf, settingsFile } from '../../builders/settings-file.js'

const handler = { type: 'command', command: '/usr/local/libexec/guard', timeout: 20 }
const entry = (group: object = {}, more: object = {}) => ({
  matcher: 'Bash',
  hooks: [{ ...handler, ...more }],
  ...group,
})
const guarded = (hooks: unknown, settings: object = {}) =>
  settingsFile({ hooks, allowManagedHooksOnly: true, ...settings })
const of = (id: string, hooks: unknown, settings = {}, context = {}) =>
  hitsOf(rules, id, guarded(hooks, settings), context)

/** Each rule with hooks it finds fault with, and hooks it does not. */
const cases: readonly (readonly [id: string, bad: unknown, good: unknown])[] = [
  ['hooks-dropped', { PreToolUse: [entry({ matcher: ['Bash'] })] }, { PreToolUse: [entry()] }],
  ['hooks-dropped', { PreToolUse: [{ matcher: '*', ...handler }] }, { PreToolUse: [{ hooks: [handler] }] }],
  ['hooks-dropped', { PreToolUse: { matcher: '*', hooks: [handler] } }, { PreToolUse: [] }],
  ['hooks-dropped', { PreToolUse: ['x'] }, {}],
  ['hooks-dropped', { PreToolUse: [{ hooks: handler }] }, { Unknown: 'x' }],
  ['hook-event-unknown', { BeforeToolUse: [entry()] }, { PreToolUse: [entry()] }],
  ['hook-event-unknown', { pretooluse: [entry()] }, {}],
  [
    'hook-matcher-never',
    { PreToolUse: [entry({ matcher: 'bash' })] },
    { PreToolUse: [entry({ matcher: 'Bash|Edit' })] },
  ],
  ['hook-matcher-never', { PreToolUse: [entry({ matcher: 'Bash|edit' })] }, { PreToolUse: [entry({ matcher: '' })] }],
  [
    'hook-matcher-never',
    { PreToolUse: [entry({ matcher: 'mcp__memory' })] },
    { PreToolUse: [entry({ matcher: 'mcp__memory__.*' })] },
  ],
  [
    'hook-matcher-never',
    { PreToolUse: [entry({ matcher: 'Bsh' })] },
    { PreToolUse: [entry({ matcher: 'mcp__memory__read' })] },
  ],
  [
    'hook-matcher-never',
    { SessionStart: [entry({ matcher: 'start' })] },
    { SessionStart: [entry({ matcher: 'startup|resume' })] },
  ],
  [
    'hook-matcher-pattern',
    { PreToolUse: [entry({ matcher: '(Bash' })] },
    { PreToolUse: [entry({ matcher: '^Bash$' })] },
  ],
  ['hook-matcher-unused', { Stop: [entry({ matcher: 'Bash' })] }, { Stop: [entry({ matcher: '*' })] }],
  ['hook-matcher-unused', { UserPromptSubmit: [entry()] }, { Stop: [{ hooks: [handler] }] }],
  ['hook-handler-invalid', { PreToolUse: [entry({}, { type: 'script' })] }, { PreToolUse: [entry()] }],
  ['hook-handler-invalid', { PreToolUse: [entry({}, { command: '' })] }, { PreToolUse: [entry({}, { args: ['-x'] })] }],
  ['hook-handler-invalid', { PreToolUse: [entry({}, { command: undefined })] }, {}],
  ['hook-handler-invalid', { PreToolUse: [entry({ hooks: ['/bin/x'] })] }, {}],
  ['hook-handler-invalid', { PreToolUse: [entry({ hooks: [{ type: 'http', url: 'x' }] })] }, {}],
  ['hook-handler-invalid', { PreToolUse: [entry({}, { timeout: '20' })] }, {}],
  ['hook-handler-invalid', { PreToolUse: [entry({}, { timout: 20 })] }, {}],
  ['hook-handler-invalid', { PreToolUse: [entry({}, { args: 'x' })] }, {}],
  [
    'hook-handler-invalid',
    { PreToolUse: [entry({}, { if: 'Bash(git' })] },
    { PreToolUse: [entry({}, { if: 'Bash(git *)' })] },
  ],
  ['hook-handler-invalid', { Stop: [{ hooks: [{ ...handler, if: 'Bash(git *)' }] }] }, {}],
  ['hook-file-missing', { PreToolUse: [entry({}, { command: 'guard' })] }, { PreToolUse: [entry()] }],
  [
    'hook-path-unquoted',
    { PreToolUse: [entry({}, { command: 'C:\\Program Files\\Fleet\\hook.exe' })] },
    { PreToolUse: [entry({}, { command: '"C:\\Program Files\\Fleet\\hook.exe"' })] },
  ],
  [
    'hook-path-unquoted',
    { PreToolUse: [entry({}, { command: '/Library/Application Support/Fleet/hook' })] },
    { PreToolUse: [entry({}, { command: '/Library/Application Support/Fleet/hook', args: ['--strict'] })] },
  ],
  [
    'hook-file-missing',
    { PreToolUse: [entry({}, { command: './guard' })] },
    { PreToolUse: [entry({}, { command: '"C:\\Program Files\\x\\guard.exe" --deny' })] },
  ],
  [
    'hook-file-missing',
    { PreToolUse: [entry({}, { command: '"$CLAUDE_PROJECT_DIR"/guard.sh' })] },
    { PreToolUse: [entry({}, { command: 'powershell.exe -File "C:\\x y\\guard.ps1"' })] },
  ],
  [
    'hook-file-missing',
    { PreToolUse: [entry({}, { command: 'sh guard.sh' })] },
    { PreToolUse: [entry({}, { command: 'sh -c "exit 2"' })] },
  ],
  ['hook-fails-open', { PreToolUse: [entry()] }, { PostToolUse: [entry()] }],
  ['hook-fails-open', { PermissionRequest: [entry()] }, { Notification: [{ hooks: [handler] }] }],
  [
    'hook-http-fails-open',
    { PreToolUse: [entry({ hooks: [{ type: 'http', url: 'https://a.example.com' }] })] },
    { PreToolUse: [entry()] },
  ],
  ['hook-timeout', { PreToolUse: [entry({}, { timeout: 1 })] }, { PreToolUse: [entry()] }],
  ['hook-timeout', { PreToolUse: [entry({}, { timeout: 20000 })] }, { PostToolUse: [entry({}, { timeout: 1 })] }],
  ['hook-timeout', { PreToolUse: [entry({}, { timeout: 1800 })] }, { PreToolUse: [entry({}, { timeout: undefined })] }],
  [
    'hook-timeout',
    { SessionEnd: [{ hooks: [{ ...handler, timeout: undefined }] }] },
    { SessionEnd: [{ hooks: [handler] }] },
  ],
  ['hook-timeout', { SessionEnd: [{ hooks: [{ ...handler, timeout: 300 }] }] }, {}],
  ['hook-async', { PreToolUse: [entry({}, { async: true })] }, { PostToolUse: [entry({}, { async: true })] }],
  ['hook-async', { PreToolUse: [entry({}, { asyncRewake: true })] }, { PreToolUse: [entry({}, { async: false })] }],
]

describe.each(cases)('%s', (id, bad, good) => {
  it(`finds ${JSON.stringify(bad)}`, () => {
    expect(of(id, bad)).toHaveLength(1)
  })

  it(`lets ${JSON.stringify(good)} be`, () => {
    expect(of(id, good)).toEqual([])
  })
})

describe('hooks-dropped', () => {
  const bad = { PreToolUse: [entry({ matcher: ['Bash'] })] }

  it('says what goes with it in every client', () => {
    const [hit] = of('hooks-dropped', bad)
    for (const { versions } of clientBehaviour.misshapenHooks)
      expect(hit?.message.toLowerCase()).toContain(clientsText(versions))
    expect(hit?.path).toEqual(['hooks', 'PreToolUse', 0, 'matcher'])
  })

  it('says only what clients out there do', () => {
    const [hit] = of('hooks-dropped', bad, {}, { codeVersions: ['2.1.329'] })
    expect(hit?.message).not.toContain('whole file')
  })
})

describe('hook-event-too-new', () => {
  it('names the clients out there', () => {
    const hooks = { DirectoryAdded: [{ hooks: [handler] }] }
    expect(of('hook-event-too-new', hooks, {}, { codeVersions: ['2.1.200'] })).toMatchObject([{ versions: '<2.1.219' }])
    expect(of('hook-event-too-new', hooks, {}, { codeVersions: ['2.1.219'] })).toEqual([])
    expect(of('hook-event-too-new', { PreToolUse: [entry()] }, {}, { codeVersions: ['2.0.1'] })).toEqual([])
  })
})

describe('hook-matcher-pattern', () => {
  it('knows that commas came late', () => {
    const hooks = { PreToolUse: [entry({ matcher: 'Bash,Edit' })] }
    expect(of('hook-matcher-pattern', hooks)).toMatchObject([{ severity: 'warning', versions: '<2.1.191' }])
    const hyphen = { PreToolUse: [entry({ matcher: 'mcp__my-server__x' })] }
    expect(of('hook-matcher-pattern', hyphen)).toMatchObject([{ severity: 'note', versions: '<2.1.195' }])
  })
})

describe('hook-file-missing', () => {
  const hooks = { PreToolUse: [entry()] }

  it('knows what a bundle delivers', () => {
    const asked: string[] = []
    const hasFile = (path: string) => {
      asked.push(path)
      return false
    }
    expect(of('hook-file-missing', hooks, {}, { hasFile })).toHaveLength(1)
    expect(asked).toContain('/usr/local/libexec/guard')
    expect(of('hook-file-missing', hooks, {}, { hasFile: () => true })).toEqual([])
    expect(of('hook-file-missing', hooks, {}, { hasFile: () => undefined })).toEqual([])
  })

  it('lets users call what they like', () => {
    const file = settingsFile({ hooks: { PreToolUse: [entry({}, { command: 'guard' })] } }, { channel: 'user' })
    expect(hitsOf(rules, 'hook-file-missing', file)).toEqual([])
  })

  it('looks for the whole command where there are args', () => {
    const command = '/Library/Application Support/x/guard'
    const hasFile = (path: string) => path === command
    expect(of('hook-file-missing', { PreToolUse: [entry({}, { command, args: [] })] }, {}, { hasFile })).toEqual([])
  })
})

describe('hooks of others', () => {
  const hooks = { PreToolUse: [entry()] }

  it('are off with the managed ones', () => {
    expect(of('hooks-disabled', hooks, { disableAllHooks: true })).toMatchObject([{ path: ['disableAllHooks'] }])
    expect(of('hooks-disabled', undefined, { disableAllHooks: true })).toMatchObject([{ severity: 'note' }])
    expect(of('hooks-disabled', hooks)).toEqual([])
    const user = settingsFile({ disableAllHooks: true, hooks }, { channel: 'user' })
    expect(hitsOf(rules, 'hooks-disabled', user)).toEqual([])
  })

  it('are off and nothing takes their place', () => {
    expect(of('managed-hooks-only-empty', undefined)).toHaveLength(1)
    expect(of('managed-hooks-only-empty', { PreToolUse: [] })).toHaveLength(1)
    expect(of('managed-hooks-only-empty', hooks)).toEqual([])
    expect(of('managed-hooks-only-empty', undefined, { enabledPlugins: { 'a@b': true } })).toEqual([])
    expect(of('managed-hooks-only-empty', undefined, { allowManagedHooksOnly: false })).toEqual([])
  })

  it('may stand in a drop-in', () => {
    const base = guarded(undefined)
    const more = settingsFile({ hooks }, { channel: 'drop-in' })
    expect(hitsOf(rules, 'managed-hooks-only-empty', base, { files: [base, more] })).toEqual([])
    expect(hitsOf(rules, 'user-hooks-allowed', more, { files: [base, more] })).toEqual([])
  })

  it('run beside the managed ones', () => {
    expect(of('user-hooks-allowed', hooks, { allowManagedHooksOnly: undefined })).toHaveLength(1)
    expect(of('user-hooks-allowed', hooks, { allowManagedHooksOnly: false })).toHaveLength(1)
    expect(of('user-hooks-allowed', hooks)).toEqual([])
  })

  it('post only where they may', () => {
    const http = { PreToolUse: [entry({ hooks: [{ type: 'http', url: 'https://a.example.com/hook' }] })] }
    expect(of('hook-url-not-allowed', http, { allowedHttpHookUrls: [] })).toHaveLength(1)
    expect(of('hook-url-not-allowed', http, { allowedHttpHookUrls: ['https://b.example.com/*'] })).toHaveLength(1)
    expect(of('hook-url-not-allowed', http, { allowedHttpHookUrls: ['https://*.example.com/*'] })).toEqual([])
    expect(of('hook-url-not-allowed', http)).toEqual([])
  })
})

it('finds no error in the good form', () => {
  expect(errorsOf(rules, guarded({ PreToolUse: [entry()], SessionStart: [{ hooks: [handler] }] }))).toEqual([])
})

it('shows nothing of a command', () => {
  const file = guarded({
    PreToolUse: [entry({}, { command: 'guard --token canary', timeout: 'canary', args: 'canary' })],
  })
  const messages = rules.flatMap(({ id }) => hitsOf(rules, id, file)).map(({ message }) => message)
  expect(messages.length).toBeGreaterThan(2)
  expect(messages.join('\n')).not.toContain('canary')
})

it('tells that a hook in the background does not block', () => {
  const file = settingsFile({ hooks: { PreToolUse: [entry({}, { async: true })] } })
  expect(hitsOf(rules, 'hook-async', file)[0]?.message).toContain('it does not block PreToolUse')
})

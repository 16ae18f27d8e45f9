import fc from 'fast-check'
import { expect, it } from 'vitest'
import { claudeCodeKeys } from '../../../src/bundle/catalogue/claude-code-keys.js'
import { desktopKeys } from '../../../src/bundle/catalogue/desktop-keys.js'
import { environmentVariables } from '../../../src/bundle/catalogue/environment-variables.js'
import { rules } from '../../../src/bundle/lint/rules.js'
import { findingsIn, readNamed, registryLine, registryText, type SettingsFiles } from '../../builders/lint-settings.js'

/** Names that rules look for, and names of JavaScript objects. */
const names = fc.constantFrom(
  ...new Set([
    ...claudeCodeKeys.flatMap(({ path }) => path.split('.')),
    ...desktopKeys.map(({ name }) => name),
    ...environmentVariables.map(({ name }) => name),
    ...['hooks', 'matcher', 'type', 'command', 'headers', 'url', 'source', 'repo', 'serverName', 'transport', 'oauth'],
    ...['PreToolUse', 'mcpServers', '__proto__', 'constructor', 'toString', '', 'a b', 'x@y'],
  ]),
)
const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('Bash(', 'Bash(echo:*)', '*', 'http://x', 'a=b,c', '%zz', '2.1.x', 'grpc', '1', '$A', '[', '{"a":'),
)
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    texts,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const settings = fc.dictionary(names, anything, { maxKeys: 6, noNullPrototype: true })

const files = ['managed-settings.json', 'settings.json', 'managed-mcp.json', 'claude-desktop/managed-settings.json']

it('no rule fails, whatever the settings hold', async () => {
  await fc.assert(
    fc.asyncProperty(settings, fc.constantFrom(...files), async (value, file) => {
      const registry = registryText({
        'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode': [registryLine('Settings', JSON.stringify(value))],
      })
      const all: SettingsFiles = { [file]: JSON.stringify(value), 'a.reg': registry }
      for (const finding of await findingsIn(all, rules)) expect(finding.message).not.toBe('')
    }),
    { numRuns: 150 },
  )
}, 60_000)

it('whatever a file holds, it is read or refused', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ maxLength: 200 }).map((text) => new Uint8Array(Buffer.from(text))),
    fc
      .constantFrom(
        'bplist00',
        '<?xml version="1.0"?><plist><dict>',
        'Windows Registry Editor Version 5.00\r\n[',
        '\x30\x82',
      )
      .chain((start) =>
        fc.string({ maxLength: 60 }).map((text) => new Uint8Array(Buffer.from(start + text, 'latin1'))),
      ),
  )
  const name = fc.constantFrom(
    'managed-settings.json',
    'x.plist',
    'x.reg',
    'x.mobileconfig',
    'x',
    'managed-settings.d/x',
  )
  await fc.assert(
    fc.asyncProperty(bytes, name, async (content, file) => {
      const { files: read, refused } = await readNamed({ [file]: content })
      expect(read.length + refused.length).toBeGreaterThan(0)
    }),
    { numRuns: 200 },
  )
}, 60_000)

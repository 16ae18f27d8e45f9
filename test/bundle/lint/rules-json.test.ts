import { describe, expect, it } from 'vitest'
import { clientBehaviour } from '../../../src/bundle/client-behaviour.js'
import { clientsText } from '../../../src/bundle/lint/client-versions.js'
import { rules } from '../../../src/bundle/lint/rules-json.js'
import { hitsOf, settingsFile } from '../../builders/settings-file.js'

const broken = ['{ // policy\n "model": "a" }', '{ "model": "a", }', '{ “model”: "a" }', '{ "model" "a" }', '']

describe('settings-not-json', () => {
  it.each(broken)('finds %j', (text) => {
    expect(hitsOf(rules, 'settings-not-json', settingsFile(text))).toHaveLength(1)
  })

  it('says what clients of every age do', () => {
    const [hit] = hitsOf(rules, 'settings-not-json', settingsFile(broken[0]))
    for (const { versions } of clientBehaviour.unparsableJson) expect(hit?.message).toContain(clientsText(versions))
    expect(hit?.message).toContain('say nothing')
    expect(hit?.message).toContain('refuse to start')
    expect(hit?.line).toBe(1)
  })

  it('says only what clients out there do', () => {
    const [hit] = hitsOf(rules, 'settings-not-json', settingsFile(broken[0]), { codeVersions: ['2.1.100'] })
    expect(hit?.message).toContain('say nothing')
    expect(hit?.message).not.toContain('refuse')
  })

  it('claims nothing for channels that were not tried', () => {
    const [hit] = hitsOf(rules, 'settings-not-json', settingsFile(broken[0], { channel: 'hklm', format: 'registry' }))
    expect(hit?.message).not.toContain('clients')
  })

  it('lets JSON be', () => {
    expect(hitsOf(rules, 'settings-not-json', settingsFile('{ "model": "a" }'))).toEqual([])
    expect(hitsOf(rules, 'settings-not-json', settingsFile('[]'))).toEqual([])
  })

  it('leaves Claude Desktop to its own rule', () => {
    expect(hitsOf(rules, 'settings-not-json', settingsFile(broken[0], { surface: 'claude-desktop' }))).toEqual([])
  })
})

describe('the form of the file', () => {
  it('has to be an object', () => {
    expect(hitsOf(rules, 'settings-not-object', settingsFile('[]'))).toHaveLength(1)
    expect(hitsOf(rules, 'settings-not-object', settingsFile('{}'))).toEqual([])
  })

  it('has every key once', () => {
    const [hit] = hitsOf(rules, 'duplicate-key', settingsFile('{ "env": { "A": "1",\n "A": "2" } }'))
    expect(hit).toMatchObject({ path: ['env', 'A'], line: 2 })
    expect(hitsOf(rules, 'duplicate-key', settingsFile('{ "env": { "A": "1", "B": "2" } }'))).toEqual([])
  })

  it('is UTF-8 without a mark', () => {
    const utf16 = Buffer.from('\uFEFF{}', 'utf16le')
    expect(hitsOf(rules, 'settings-encoding', settingsFile(utf16))).toHaveLength(1)
    expect(hitsOf(rules, 'settings-not-json', settingsFile(utf16))).toEqual([])
    expect(hitsOf(rules, 'settings-encoding', settingsFile('\uFEFF{}'))).toHaveLength(1)
    expect(hitsOf(rules, 'settings-encoding', settingsFile('{}'))).toEqual([])
  })

  it('is not too large', () => {
    const large = `{ "model": "${'x'.repeat(4 * 1024 * 1024)}" }`
    expect(hitsOf(rules, 'settings-too-large', settingsFile(large))).toHaveLength(1)
    expect(hitsOf(rules, 'settings-too-large', settingsFile('['.repeat(1000)))).toHaveLength(1)
    expect(hitsOf(rules, 'settings-too-large', settingsFile('{}'))).toEqual([])
  })

  it('fits into the Group Policy template', () => {
    const registry = (length: number) => [
      { hive: 'HKLM', key: 'SOFTWARE', name: 'Settings', type: 'string', value: 'x'.repeat(length), line: 3 } as const,
    ]
    const of = (length: number) =>
      hitsOf(rules, 'settings-too-large', settingsFile({}, { channel: 'hklm', registry: registry(length) }))
    expect(of(1_000_001)).toMatchObject([{ line: 3, severity: 'warning' }])
    expect(of(1_000_000)).toEqual([])
  })
})

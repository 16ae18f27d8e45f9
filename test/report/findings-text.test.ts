import stringWidth from 'string-width'
import { describe, expect, it, test } from 'vitest'
import { findingsDocument, type LintFacts } from '../../src/bundle/lint/findings-document.js'
import { lint } from '../../src/bundle/lint/lint.js'
import { rules } from '../../src/bundle/lint/rules.js'
import type { ReadSettings } from '../../src/bundle/read-settings.js'
import { findingsText, rulesTable } from '../../src/report/findings-text.js'
import { paintFor } from '../../src/report/paint.js'
import { readFolder } from '../builders/lint-settings.js'

const look = { width: 80, paint: paintFor(false) }
const none = { known: [], unreadable: 0 }
const facts: LintFacts = { asOf: Date.parse('2026-11-20'), versions: { claudeCode: none, claudeDesktop: none } }
const context = { codeVersions: [], desktopVersions: [], asOf: facts.asOf }

const bad = {
  'ProgramData/ClaudeCode/managed-settings.json': { env: { ANTHROPIC_API_KEY: 'sk-ant-api03-c2VzYW1lIG9wZW4' } },
  'notes/claude-desktop/managed-settings.json': { otlpEndpiont: 'x', otherName: 'y' },
  'x.mobileconfig': 'damaged',
  'y.txt': 'notes',
}

async function textOf(read: ReadSettings, more: Partial<LintFacts> = {}): Promise<string> {
  const findings = lint(read.files, rules, context)
  return findingsText(findingsDocument(read, rules.length, findings, { ...facts, ...more }), look)
}

describe('the text', () => {
  it('fits the width, and names what was refused and passed over', async () => {
    const text = await textOf(await readFolder(bad))
    for (const line of text.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(80)
    expect(text).toContain('Refused\n  x.mobileconfig: ')
    expect(text).toContain('Passed over\n  y.txt (no settings)\n')
    expect(text).toMatch(/^\d+ errors, \d+ warnings?, \d+ notes?\. \d+ rules looked at 2 files\.$/m)
  })

  it('explains a rule once', async () => {
    const text = await textOf(await readFolder({ 'claude-desktop/managed-settings.json': { aaa: 1, bbb: 2 } }))
    expect(text.match(/desktop-key-unknown/g)).toHaveLength(1)
    expect(text).toMatch(/settings\.json:2 {2}aaa$[\s\S]*settings\.json:3 {2}bbb$/m)
    expect(text.match(/Why: An unknown key/g)).toHaveLength(1)
  })

  it('has the worst first, and tells what stands in many files once', async () => {
    const settings = { disableAllHooks: true, env: { CLAUDE_CODE_ENABLE_TELEMETRY: '1' } }
    const files = ['a', 'b', 'c', 'd'].map((name) => [`${name}/managed-settings.json`, settings])
    const text = await textOf(await readFolder(Object.fromEntries(files)))
    expect(text).toContain('a/managed-settings.json:2, b/managed-settings.json:2 and 2 more files')
    const order = [...text.matchAll(/^(error|warning|note): /gm)].map(([, severity]) => severity)
    const ranks = order.map((severity) => ['error', 'warning', 'note'].indexOf(severity!))
    expect(ranks).toEqual([...ranks].sort())
    expect(new Set(order).size).toBeGreaterThan(1)
  })

  it.each([30, 40, 50, 60, 70, 80, 100])('ends no line in a blank at the width %i', async (width) => {
    const settings = {
      disableAllHooks: true,
      otherName: 1,
      env: { CLAUDE_CODE_ENABLE_TELEMETRY: '1', ODD_NAME_HERE: 5 },
    }
    const files = Array.from({ length: 10 }, (_, at) => [`folder-${at}/managed-settings.json`, settings])
    const read = await readFolder(Object.fromEntries(files))
    const document = findingsDocument(read, rules.length, lint(read.files, rules, context), facts)
    const text = findingsText(document, { ...look, width })
    expect(text.replace(/\s+/g, ' ')).toContain('and 8 more files')
    for (const line of text.split('\n')) expect(line).toBe(line.trimEnd())
  })

  it('says how much was looked at where nothing was found', async () => {
    const text = await textOf(await readFolder({ 'managed-settings.json': {} }))
    expect(text).toBe(`Nothing found: ${rules.length} rules looked at 1 file.\n`)
  })

  it('says that versions which cannot be read may be concerned', async () => {
    const versions = { claudeCode: { known: ['2.1.240'], unreadable: 3 }, claudeDesktop: none }
    const text = await textOf(await readFolder({ 'managed-settings.json': {} }), { versions })
    expect(text).toContain('The version of 3 installs cannot be read')
  })

  it('is coloured by severity where colour is wanted', async () => {
    const read = await readFolder({ 'ProgramData/ClaudeCode/managed-settings.json': {} })
    const document = findingsDocument(read, rules.length, lint(read.files, rules, context), facts)
    const plain = { ...paintFor(false), bad: (line: string) => `<${line}>` }
    expect(findingsText(document, { width: 80, paint: plain })).toContain('<error: settings-dead-path>')
  })
})

test('the table of rules fits 100 columns and has every rule', () => {
  const table = rulesTable(rules, { width: 100, paint: paintFor(false) })
  for (const { id } of rules) expect(table).toContain(id)
  for (const line of table.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(100)
})

test('rules are well made', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  for (const { id, title, why, fix, source, checked } of rules) {
    expect(id).toMatch(/^[a-z]+(?:-[a-z0-9]+)+$/)
    expect(checked, id).toMatch(/^2026-\d\d-\d\d$/)
    for (const text of [title, why, fix, source]) expect(text.trim(), id).not.toBe('')
  }
})

import { expect, it } from 'vitest'
import { findingsDocument } from '../../src/bundle/lint/findings-document.js'
import type { Finding } from '../../src/bundle/lint/lint.js'
import { rules } from '../../src/bundle/lint/rules.js'
import type { ReadSettings } from '../../src/bundle/read-settings.js'
import { findingsSarif } from '../../src/report/findings-sarif.js'

interface Log {
  readonly version: string
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly SarifRule[] } }
    readonly invocations: readonly {
      readonly executionSuccessful: boolean
      readonly toolExecutionNotifications: unknown[]
    }[]
    readonly results: readonly Result[]
  }[]
}
interface SarifRule {
  readonly id: string
  readonly shortDescription: { readonly text: string }
  readonly help: { readonly text: string }
  readonly helpUri?: string
  readonly defaultConfiguration: { readonly level: string }
}
interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly message: { readonly text: string }
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }
      readonly region: { readonly startLine: number }
    }
    readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[]
  }[]
}

const finding = (more: Partial<Finding>): Finding => ({
  rule: rules[0]!.id,
  severity: 'warning',
  file: 'policies/a b/ü#.json',
  path: '',
  message: 'What is wrong.',
  why: 'why',
  fix: 'Mend it.',
  source: 'https://example.com/',
  checked: '2026-11-20',
  ...more,
})

function logOf(findings: readonly Finding[], refused: ReadSettings['refused'] = []) {
  const read: ReadSettings = { files: [], groups: [], refused, passedOver: [] }
  const none = { known: [], unreadable: 0 }
  const facts = { asOf: 0, versions: { claudeCode: none, claudeDesktop: none } }
  const text = findingsSarif(findingsDocument(read, rules.length, findings, facts), rules)
  const log = JSON.parse(text) as Log
  return { text, run: log.runs[0]!, version: log.version }
}

it('lists every rule once, with help and level', () => {
  const { run, version } = logOf([])
  expect(version).toBe('2.1.0')
  const listed = run.tool.driver.rules
  expect(listed.map(({ id }) => id)).toEqual(rules.map(({ id }) => id))
  expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length)
  for (const rule of listed) {
    expect(rule.shortDescription.text, rule.id).not.toBe('')
    expect(rule.help.text, rule.id).toMatch(/Fix: .+Source: .+\(\d{4}-\d\d-\d\d\)/)
    expect(['error', 'warning', 'note'], rule.id).toContain(rule.defaultConfiguration.level)
    if (rule.helpUri !== undefined) expect(URL.canParse(rule.helpUri), rule.id).toBe(true)
  }
  expect(run.results).toEqual([])
  expect(run.invocations[0]).toEqual({ executionSuccessful: true, toolExecutionNotifications: [] })
})

it('points each result to its rule, file and line, with addresses relative to the folder', () => {
  const rule = rules[3]!.id
  const { run } = logOf([finding({ rule, line: 7, path: 'env.A', severity: 'error' }), finding({ severity: 'note' })])
  expect(run.results[0]).toMatchObject({
    ruleId: rule,
    ruleIndex: 3,
    level: 'error',
    message: { text: 'What is wrong. Fix: Mend it.' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'policies/a%20b/%C3%BC%23.json', uriBaseId: '%SRCROOT%' },
          region: { startLine: 7 },
        },
        logicalLocations: [{ fullyQualifiedName: 'env.A' }],
      },
    ],
  })
  // Code hosts need some line.
  expect(run.results[1]?.locations[0]?.physicalLocation.region.startLine).toBe(1)
  expect(run.results[1]?.locations[0]).not.toHaveProperty('logicalLocations')
  expect(run.results[1]?.level).toBe('note')
})

it('gives a whole address to what lies outside the folder', () => {
  const { run } = logOf([finding({ file: '/etc/claude-code/managed-settings.json' })])
  const { artifactLocation } = run.results[0]!.locations[0]!.physicalLocation
  expect(artifactLocation).toEqual({ uri: 'file:///etc/claude-code/managed-settings.json' })
})

it('says for which clients a result holds', () => {
  const versions = { range: '<2.1.200', affected: ['2.1.150'], given: 4 }
  const { run } = logOf([finding({ versions })])
  expect(run.results[0]?.message.text).toContain('Holds for clients <2.1.200: 1 of 4 versions out there (2.1.150).')
  expect(run.results[0]).toHaveProperty('properties.versions', versions)
})

it('reports refused files, and is not successful then', () => {
  const { run } = logOf([], [{ file: 'x.plist', code: 'cut-off', message: 'Cut off.', tryThis: 'Copy it again.' }])
  expect(run.invocations[0]?.executionSuccessful).toBe(false)
  expect(run.invocations[0]?.toolExecutionNotifications).toMatchObject([
    { level: 'error', message: { text: 'Cut off. Copy it again.' } },
  ])
})

it('shows nothing that hides or acts, whatever a name holds', () => {
  const { text } = logOf([finding({ message: 'a\u202eb\u001b[2J', file: 'x\u200b.json', path: 'a\u2066' })])
  expect(text).not.toMatch(/[\u001b\u200b\u202e\u2066]/)
})

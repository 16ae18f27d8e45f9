import { resolve } from 'node:path'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { safeText } from '../../../src/platform/safe-text.js'
import { coverageGroupsText, coverageText } from '../../../src/report/evidence/coverage-text.js'
import { endpointsText } from '../../../src/report/evidence/endpoints-text.js'
import { ghostsText } from '../../../src/report/evidence/ghosts-text.js'
import { identityText } from '../../../src/report/evidence/identity-text.js'
import { policyInForceText } from '../../../src/report/evidence/policy-in-force-text.js'
import { reasonWords } from '../../../src/report/evidence/status-words.js'
import { paintFor } from '../../../src/report/paint.js'
import { coverageSection } from '../../../src/telemetry/sections/coverage.js'
import { reasonCodes } from '../../../src/telemetry/sections/endpoint-status.js'
import { endpointsSection } from '../../../src/telemetry/sections/endpoints.js'
import { ghostsSection } from '../../../src/telemetry/sections/ghosts.js'
import { identitySection } from '../../../src/telemetry/sections/identity.js'
import { policyInForceSection } from '../../../src/telemetry/sections/policy-in-force.js'
import type { Sender } from '../../../src/telemetry/tables.js'
import type { EvidenceView } from '../../../src/telemetry/view.js'
import { daysAgo, hookRow, knownEndpoint, sender, settingsRow, viewOf, witness } from '../../builders/evidence-view.js'
import { hostileTexts } from '../../builders/hostile-texts.js'

const look = (width: number) => ({ width, paint: paintFor(false) })

/** Every block, as it stands one after the other in the report. */
function textOf(view: EvidenceView, width: number): string {
  const endpoints = endpointsSection(view)
  return [
    ...(view.endpoints === undefined
      ? []
      : [coverageText, coverageGroupsText].map((text) => text(coverageSection(view, endpoints), look(width)))),
    endpointsText(endpoints, look(width)),
    ghostsText(ghostsSection(view), look(width)),
    policyInForceText(policyInForceSection(view), look(width)),
    identityText(identitySection(view), look(width)),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

const upgraded = { status: 'installed', version: '2.1.400', asOf: daysAgo(10) } as const
const endpoints = [
  knownEndpoint('C02EXAMPLE01', { department: 'Sales' }),
  knownEndpoint('C02EXAMPLE02', { department: 'Sales', platform: 'windows' }),
  knownEndpoint('C02EXAMPLE03', { department: 'Research', code: upgraded }),
  knownEndpoint('C02EXAMPLE04', { department: 'Research', email: 'shared@example.com' }),
  knownEndpoint('C02EXAMPLE05', { department: 'Research', email: 'shared@example.com' }),
  knownEndpoint('C02EXAMPLE06', { state: 'excluded' }),
  knownEndpoint('C02EXAMPLE07'),
]
const eventful = viewOf({
  endpoints,
  senders: [
    sender({ serial: 'C02EXAMPLE01', email: 'c02example01@example.com', events: 1200 }),
    sender({ serial: 'C02EXAMPLE02', stamp: '5d41402abc4b2a76', version: '2.1.290', osType: 'windows', events: 310 }),
    sender({ serial: 'C02EXAMPLE03', last: daysAgo(16), events: 80 }),
    sender({ email: 'shared@example.com', service: 'cowork', stamp: '', version: '1.30096.1', events: 41 }),
    sender({ serial: 'NEW1', email: 'somebody@home.example', events: 9 }),
    sender({ email: 'new@example.net', events: 4 }),
    sender({ serial: '$SERIALNUMBER', osType: 'windows', installation: '47d97d7d59331ed1d6188f394b8e0015', events: 3 }),
  ],
  tables: {
    hooks: [hookRow(0, 'policySettings', daysAgo(2))],
    settings: [
      settingsRow(0, daysAgo(2), { sources: 'remote,plist', digest: '9f86d081884c7d65', events: 20 }),
      settingsRow(1, daysAgo(2), { trigger: 'refused', error: 'policy_invalid', sources: '' }),
    ],
  },
})

describe('the sections on who reports', () => {
  it.each([80, 120, 200])('are told in %i columns', async (width) => {
    const text = textOf(eventful, width)
    await expect(`${text}\n`).toMatchFileSnapshot(
      resolve(import.meta.dirname, `../golden/evidence/joined-${width}.txt`),
    )
    for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width)
  })

  it('show nothing where there is nothing', () => {
    const empty = viewOf({ endpoints: undefined, senders: [] })
    expect(textOf(empty, 80)).toBe('')
    const good = viewOf({ senders: [witness] })
    expect(endpointsText(endpointsSection(good), look(80))).toBe('')
    expect(ghostsText(ghostsSection(good), look(80))).toBe('')
  })

  it('say without an inventory who sent what, and join nothing', () => {
    const text = textOf(viewOf({ endpoints: undefined, senders: [sender({ serial: 'A1' })] }), 80)
    expect(text).toContain('Who the telemetry says it is from')
    expect(text).not.toMatch(/Joined to the inventory|no inventory knows|Proven/)
  })

  it('say that nothing to report is no pass, and that silence cannot be told', () => {
    const text = textOf(viewOf({ endpoints: [knownEndpoint('A1', { state: 'excluded' })], senders: [] }), 100)
    expect(text).toContain('no endpoint should report: that is not a pass')
    expect(text).toContain('Silence of 14 days cannot be told: no record of anybody in those days.')
  })

  it('have words for every reason', () => {
    for (const code of reasonCodes) expect(reasonWords[code].why, code).not.toBe('')
  })

  it('are safe and fit, whatever telemetry calls itself', () => {
    for (const text of hostileTexts) {
      const hostile: Partial<Sender> = {
        ...{ version: text, stamp: text, osType: text, osVersion: text, email: text, owner: text, installation: text },
      }
      const view = viewOf({
        endpoints,
        senders: [
          sender({ serial: text, ...hostile }),
          sender({ ...hostile, serial: 'C02EXAMPLE01' }),
          sender(hostile),
        ],
        tables: { settings: [settingsRow(1, daysAgo(2), { trigger: text, error: text, sources: text, helper: text })] },
      })
      for (const line of textOf(view, 120).split('\n')) {
        expect(safeText(line)).toBe(line)
        expect(stringWidth(line)).toBeLessThanOrEqual(120)
      }
    }
  })
})

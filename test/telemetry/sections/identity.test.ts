import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdentitySection, identitySection } from '../../../src/telemetry/sections/identity.js'
import type { EvidenceView } from '../../../src/telemetry/view.js'
import { knownEndpoint, sender, viewOf } from '../../builders/evidence-view.js'

const identityOf = (view: EvidenceView) => IdentitySection.parse(JSON.parse(JSON.stringify(identitySection(view))))
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
const hash = `sha256:${'0'.repeat(64)}`

describe('identity', () => {
  it('is as complete as the records say', () => {
    const section = identityOf(
      viewOf({
        endpoints: [knownEndpoint('A1')],
        senders: [
          sender({ serial: 'A1', email: 'a1@example.com', events: 4, account: 'account' }),
          sender({ serial: '$SERIALNUMBER', email: hash, events: 3, version: '2.1.400', osVersion: '24.6.0' }),
          sender({ serial: 'Default string', organization: '', events: 2 }),
          sender({ service: 'cowork', events: 1, osType: '', osVersion: '' }),
        ],
      }),
    )
    expect(section.total).toEqual({
      events: 10,
      email: { clear: 4, hashed: 3, none: 3, percent: 70 },
      organization: { there: 8, percent: 80 },
      account: { there: 4, percent: 40 },
      endpoint: { filled: 4, unfilled: 5, none: 1, percent: 40 },
    })
    expect(section.surfaces.map(({ surface, events }) => [surface, events])).toEqual([
      ['claude-code', 9],
      ['cowork', 1],
    ])
    expect(section.versions.rows.map(({ version, events }) => [version, events])).toEqual([
      ['2.1.329', 6],
      ['2.1.400', 3],
      ['2.1.329', 1],
    ])
    expect(section.systems.rows.map(({ system, version, events }) => [system, version, events])).toEqual([
      ['darwin', '25.1.0', 6],
      ['darwin', '24.6.0', 3],
      ['', '', 1],
    ])
    expect(section.attributes.find(({ key }) => key === 'endpoint.serial')).toEqual({
      ...{ key: 'endpoint.serial', field: 'serial', filled: 4, hashed: 0, placeholder: 2, unfilled: 3, none: 1 },
    })
    expect(section.matches).toMatchObject({ serial: 4, hashed: 3, 'no-identity': 3 })
    expect(section.joined).toEqual({ events: 4, percent: 40 })
  })

  it('adds up to all events, in every table', () => {
    const anySender = fc
      .record({
        serial: fc.constantFrom('A1', 'NEW1', '', '$SERIALNUMBER'),
        email: fc.constantFrom('', 'a1@example.com', 'new@example.com', hash),
        service: fc.constantFrom('claude-code', 'cowork'),
        version: fc.constantFrom('', '2.1.329', '2.1.400'),
        organization: fc.constantFrom('', 'organization'),
        events: fc.nat(50),
      })
      .map(sender)
    fc.assert(
      fc.property(fc.array(anySender, { maxLength: 12 }), fc.boolean(), (senders, hasInventory) => {
        const endpoints = hasInventory ? [knownEndpoint('A1')] : undefined
        const section = identityOf(viewOf({ endpoints, senders }))
        const all = sum(senders.map(({ events }) => events))
        expect(section.total.events).toBe(all)
        expect(sum(Object.values(section.matches))).toBe(all)
        for (const rows of [section.surfaces, section.versions.rows, section.systems.rows])
          expect(sum(rows.map(({ events }) => events))).toBe(all)
        for (const { events, email, endpoint } of [
          ...section.surfaces,
          ...section.versions.rows,
          ...section.systems.rows,
        ]) {
          expect(email.clear + email.hashed + email.none).toBe(events)
          expect(endpoint.filled + endpoint.unfilled + endpoint.none).toBe(events)
        }
        for (const { filled, hashed, placeholder, unfilled, none } of section.attributes)
          expect(filled + hashed + placeholder + unfilled + none).toBe(all)
        expect(section.problem).toBe(hasInventory ? undefined : 'no-inventory')
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EndpointEvidence, endpointsSection } from '../../../src/telemetry/sections/endpoints.js'
import type { Sender } from '../../../src/telemetry/tables.js'
import {
  asOf,
  currentStamp,
  day,
  daysAgo,
  knownEndpoint,
  sender,
  type ViewParts,
  viewOf,
  witness,
} from '../../builders/evidence-view.js'

const older = '2.1.290'

describe('whatever arrives', () => {
  const anyTime = fc.integer({ min: 0, max: 28 * 24 }).map((hours) => asOf - hours * (day / 24) - 1)
  const anySender = fc
    .record({
      serial: fc.constantFrom('A1', 'B2', '', '', 'NEW1', '$SERIALNUMBER'),
      email: fc.constantFrom('', 'a1@example.com', 'b2@example.com', 'new@example.com'),
      service: fc.constantFrom('claude-code', 'claude-code-desktop', 'cowork'),
      stamp: fc.constantFrom(currentStamp, currentStamp, 'other', ''),
      version: fc.constantFrom('2.1.329', older, '1.30096.1', '1.1.4173', ''),
      times: fc.tuple(anyTime, anyTime),
    })
    .map(({ times, ...rest }) => sender({ ...rest, first: Math.min(...times), last: Math.max(...times) }))
  const endpoints = ['A1', 'B2', 'C3'].map((id) => knownEndpoint(id, { state: id === 'C3' ? 'upgrade' : 'ready' }))
  const evidence = (senders: readonly Sender[], parts: Partial<ViewParts> = {}) =>
    endpointsSection(viewOf({ endpoints, ...parts, senders: [...senders, witness] }))
  const some = fc.array(anySender, { maxLength: 8 })

  it('every endpoint has one status, with a reason unless it is proven', () => {
    fc.assert(
      fc.property(some, (senders) => {
        const entries = evidence(senders)
        expect(entries.map(({ id }) => id)).toEqual(['A1', 'B2', 'C3'])
        for (const entry of entries) {
          EndpointEvidence.parse(JSON.parse(JSON.stringify(entry)))
          expect(entry.reasons.length > 0).toBe(entry.status !== 'proven')
          expect(entry.events).toBe(Object.values(entry.matchedBy).reduce((sum, each) => sum + each))
          if (entry.status === 'silent') expect(entry.expected).toBe(true)
          if (entry.status === 'proven') expect(entry.surfaces.some(({ status }) => status === 'proven')).toBe(true)
          expect('since' in entry).toBe(entry.status === 'proven')
        }
      }),
      { numRuns: 300 },
    )
  })

  it('without its own telemetry nothing is proven or contradicted', () => {
    fc.assert(
      fc.property(some, (senders) => {
        for (const { id, surfaces, status } of evidence(senders))
          if (surfaces.length === 0) expect(['silent', 'unknown'], id).toContain(status)
        const [first] = evidence(
          senders.filter(({ identity, email }) => identity[0] !== 'A1' && email !== 'a1@example.com'),
        )
        expect(['silent', 'unknown']).toContain(first!.status)
      }),
    )
  })

  it('less telemetry proves nothing that was silent, and contradicts nothing', () => {
    fc.assert(
      fc.property(some, fc.nat(), (senders, nth) => {
        const less = senders.filter((_, index) => index !== nth % Math.max(1, senders.length))
        const [before, after] = [evidence(senders), evidence(less)]
        for (const [index, { status }] of before.entries())
          if (status === 'silent') expect(['silent', 'unknown']).toContain(after[index]!.status)
      }),
      { numRuns: 300 },
    )
  })

  it('without any record with the current stamp nothing but Cowork proves', () => {
    fc.assert(
      fc.property(some, (senders) => {
        const none = senders.map((one) => ({ ...one, stamp: one.stamp === currentStamp ? '' : one.stamp }))
        for (const { status, surfaces } of evidence(none))
          if (status === 'proven')
            expect(surfaces.filter((row) => row.status === 'proven').map(({ surface }) => surface)).toEqual(['cowork'])
      }),
    )
  })

  it('nobody is silent where the data of nobody covers the days', () => {
    fc.assert(
      fc.property(some, fc.nat(28), fc.nat(10), (senders, first, length) => {
        const all = viewOf({ endpoints, senders: [...senders, witness] })
        // A hole of at least five days before `asOf`.
        const [from, until] = [daysAgo(Math.min(first, 13) + 1), daysAgo(Math.min(first, 13) - 5 - length)]
        const days = all.tables.days.filter(({ day: date }) => Date.parse(date) < from || Date.parse(date) >= until)
        const holes = { ...all, tables: { ...all.tables, days } }
        const before = endpointsSection(all)
        for (const [index, { status, reasons }] of endpointsSection(holes).entries())
          if (before[index]!.status !== 'silent') expect(status).toBe(before[index]!.status)
          else if (first >= 4) expect([status, reasons[0]!.code]).toEqual(['unknown', 'window-too-short'])
      }),
    )
  })

  it('records after the window change silent to unknown, and nothing else', () => {
    const names = fc.constantFrom('A1', 'B2', 'C3')
    fc.assert(
      fc.property(some, names, fc.boolean(), (senders, serial, isOwn) => {
        const late = { events: 0, sessions: 0, first: 0, last: 0, lastAfter: daysAgo(-2) }
        const more = isOwn ? senders.map((one) => ({ ...one, lastAfter: daysAgo(-1) })) : senders
        const [before, after] = [evidence(more), evidence([...more, sender({ serial, ...late })])]
        for (const [index, { id, status }] of before.entries()) {
          const now = after[index]!
          if (id !== serial || status !== 'silent')
            expect([now.status, now.last]).toEqual([status, before[index]!.last])
          else expect(now.reasons.map(({ code }) => code)).toEqual(['after-window'])
        }
      }),
    )
  })

  it('what cannot be attributed changes silent to unknown, and nothing else', () => {
    fc.assert(
      fc.property(some, anyTime, (senders, last) => {
        const [before, after] = [
          evidence(senders),
          evidence([...senders, sender({ email: `sha256:${'0'.repeat(64)}`, last, first: last })]),
        ]
        for (const [index, { status, reasons }] of before.entries()) {
          const now = after[index]!.status
          if (status === 'silent' && last >= daysAgo(14) && !reasons.some(({ code }) => code === 'surface-silent'))
            expect(now).toBe('unknown')
          else expect(now).toBe(status)
        }
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../src/waves/candidate.js'
import type { WaveMembers } from '../../../src/waves/groups/group-file.js'
import { groupFiles } from '../../../src/waves/groups/index.js'
import { member, wave } from './members.js'
import { namedIn } from './read-groups.js'

const context = { campaign: 'cowork-otel', organization: 'Acme' }
const products = ['jamf', 'intune', 'iru', 'fleetdm'] as const
const formatOf = { jamf: 'jamf-pro', intune: 'intune', iru: 'iru', fleetdm: 'fleetdm' } as const

/** Waves of members with ids of their own; serial numbers are proper, shared, hostile or missing. */
const anyWaves: fc.Arbitrary<readonly WaveMembers[]> = fc
  .array(
    fc.record({
      wave: fc.nat({ max: 3 }),
      serial: fc.oneof(
        { weight: 4, arbitrary: fc.constant('proper' as const) },
        fc.constantFrom(undefined, 'SHARED1', 'SHARED2', '0', '99', '=1', 'A,B', 'A\u0000B', '#A'),
        fc.string({ maxLength: 4 }),
      ),
      hostname: fc.option(fc.string({ maxLength: 6 }), { nil: undefined }),
      place: fc.constantFrom('pinned', 'automatic', 'last', 'no-identity'),
      records: fc.subarray([...products, 'osquery', 'custom'] as const),
    }),
    { maxLength: 30 },
  )
  .map((drawn) => {
    const members = drawn.map(({ serial, hostname, place, records }, at) =>
      member(`m${at}`, {
        serial: serial === 'proper' ? `EXAMPLE${at}` : serial,
        hostname,
        place,
        deviceIds: Object.fromEntries(records.map((product) => [product, String(1000 + at)])),
      }),
    )
    return [0, 1, 2, 3].map((number) =>
      wave(
        `w${number}`,
        members.filter((_, at) => drawn[at]!.wave === number),
      ),
    )
  })

const isProper = ({ serial, place }: Candidate) => /^EXAMPLE\d+$/.test(serial ?? '') && place !== 'no-identity'

describe('laws', () => {
  it('names each member with a proper serial number once, in its wave and in no other', () => {
    fc.assert(
      fc.property(anyWaves, (waves) => {
        const result = groupFiles(waves, context)
        const named = waves.map(({ name }) => namedIn(result, name))
        for (const [at, { members }] of waves.entries())
          for (const subject of members.filter(isProper)) {
            const expected = (format: string, value: string) =>
              expect(named.map((wave) => wave[format]!.filter((other) => String(other) === value).length)).toEqual(
                waves.map((_, other) => Number(other === at)),
              )
            expected('serial-list', subject.serial!)
            for (const product of products) {
              const id = subject.deviceIds[product]
              if (id === undefined) continue
              expected(formatOf[product], product === 'jamf' || product === 'fleetdm' ? subject.serial! : id)
            }
          }
      }),
    )
  })

  it('never names by serial number who has none of its own', () => {
    fc.assert(
      fc.property(anyWaves, (waves) => {
        const result = groupFiles(waves, context)
        const serials = waves.flatMap(({ members }) => members.map(({ serial }) => serial))
        for (const { name } of waves) {
          const { 'jamf-pro': jamf, fleetdm, 'serial-list': list } = namedIn(result, name)
          for (const value of [...jamf!, ...fleetdm!.filter((host) => typeof host === 'string'), ...list!]) {
            const bearers = waves.flatMap(({ members }) => members.filter(({ serial }) => serial === value))
            if (!serials.includes(String(value))) continue
            expect(bearers).toHaveLength(1)
            expect(bearers[0]!.place).not.toBe('no-identity')
          }
        }
      }),
    )
  })

  it('accounts for every member: in a file or left out with a reason, and unlisted when no MDM names it', () => {
    fc.assert(
      fc.property(anyWaves, (waves) => {
        const result = groupFiles(waves, context)
        const sum = (list: readonly { readonly endpoints: number }[]) =>
          list.reduce((total, { endpoints }) => total + endpoints, 0)
        for (const { name, members } of waves) {
          const named = namedIn(result, name)
          const inFormat = (format: string) => [
            ...result.files.filter((file) => file.wave === name && file.format === format),
            ...result.leftOut.filter((entry) => entry.wave === name && entry.format === format),
          ]
          expect(sum(inFormat('serial-list'))).toBe(members.length)
          for (const product of products) {
            const known = members.filter(({ deviceIds }) => deviceIds[product] !== undefined)
            expect(sum(inFormat(formatOf[product]))).toBe(known.length)
            expect(sum(result.files.filter((file) => file.wave === name && file.format === formatOf[product]))).toBe(
              named[formatOf[product]]!.length,
            )
          }
          const isNamed = ({ deviceIds, serial }: Candidate) =>
            products.some((product) => {
              const values = named[formatOf[product]]!.map(String)
              const id = deviceIds[product]
              return id !== undefined && (values.includes(id) || (serial !== undefined && values.includes(serial)))
            })
          const unlisted = result.unlisted.filter((entry) => entry.wave === name)
          expect(sum(unlisted)).toBe(members.filter((subject) => !isNamed(subject)).length)
        }
      }),
    )
  })

  it('gives the same bytes again', () => {
    fc.assert(
      fc.property(anyWaves, (waves) => {
        expect(groupFiles(waves, context)).toEqual(groupFiles(structuredClone(waves), context))
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { clientBehaviour } from '../../../src/bundle/client-behaviour.js'
import { rules } from '../../../src/bundle/lint/rules-attributes.js'
import { errorsOf, hitsOf, settingsFile, withEnvironment } from '../../builders/settings-file.js'

const name = 'OTEL_RESOURCE_ATTRIBUTES'
const of = (id: string, text: string | undefined, more = {}, context = {}) =>
  hitsOf(rules, id, withEnvironment({ [name]: text }, {}, more), context)

const [strict, wholeList, perEntry] = clientBehaviour.attributeParser.map(({ versions }) => versions)
const joined = `<${wholeList?.split('<')[1] ?? ''}`

describe('what a client loses', () => {
  it.each([
    ['department=field ops,team=a', strict],
    ['a=x;y,b=1', strict],
    ['a=x\\y,b=1', strict],
    ['a=été,b=1', strict],
    ['my key=x,b=1', strict],
    ['a=%zz,b=1', joined],
    [`a=${'x'.repeat(256)},b=1`, joined],
    ['a=x=y,b=1', wholeList],
    ['a=x,broken,b=1', wholeList],
    ['=x,b=1', joined],
  ])('is everything: %s in %s', (text, versions) => {
    expect(of('attributes-dropped', text)).toMatchObject([{ versions, path: ['env', name] }])
  })

  it.each([
    ['a=x=y,b=1', `${strict} || ${perEntry}`],
    ['a=x,broken,b=1', `${strict} || ${perEntry}`],
    ['a=%zz,b=1', perEntry],
  ])('is one entry: %s in %s', (text, versions) => {
    expect(of('attribute-entry-dropped', text)).toMatchObject([{ versions }])
  })

  it('names the entry at fault, not its value', () => {
    const [hit] = of('attributes-dropped', 'department=canary ops,team=a')
    expect(hit?.message).toContain('"department"')
    expect(hit?.message).not.toContain('team')
    expect(hit?.message).not.toContain('canary')
  })

  it('depends on the clients out there', () => {
    expect(of('attributes-dropped', 'a=x y', {}, { codeVersions: ['2.1.329'] })).toEqual([])
    expect(of('attributes-dropped', 'a=x y', {}, { codeVersions: ['2.1.150', '2.1.329'] })).toHaveLength(1)
    expect(of('attribute-entry-dropped', 'a=x=y', {}, { codeVersions: ['2.1.260'] })).toEqual([])
  })

  it.each(['a=x%2Cy,b=%C3%A9t%C3%A9', 'a=x, b=1,', 'a=http://x/y:1,b=@z', ''])('is nothing of %j', (text) => {
    expect(of('attributes-dropped', text)).toEqual([])
    expect(of('attribute-entry-dropped', text)).toEqual([])
  })
})

describe.each([
  ['attribute-quoted', 'a="x",b=1', 'a=x,b=1'],
  ['attribute-key-encoded', 'a%20b=x', 'a.b=x%20y'],
  ['attribute-overrides-builtin', 'service.name=other', 'company.service=other,host.name=h1'],
  ['attribute-overrides-builtin', 'user.email=a@example.com', 'owner=a@example.com'],
  ['attribute-unfilled-variable', 'serial=$SERIALNUMBER', 'serial=C02AB12CD34E'],
  ['attribute-unfilled-variable', 'serial={{serialnumber}}', 'serial=%7Bx%7D'],
  ['attribute-empty', 'a=,b=1', 'a=x,b=1'],
  ['attribute-duplicate', 'a=x,b=1,a=y', 'a=x,b=1'],
  ['attribute-too-many', Array.from({ length: 13 }, (_, at) => `k${at}=v`).join(','), 'a=x'],
])('%s', (id, bad, good) => {
  it(`finds ${bad.slice(0, 40)}`, () => {
    expect(of(id, bad)).toHaveLength(1)
  })

  it(`lets ${good} be`, () => {
    expect(of(id, good)).toEqual([])
  })
})

describe('attribute-unfilled-variable', () => {
  it('is as it should be in a profile that is still to be delivered', () => {
    const profile = { format: 'plist', channel: 'plist' } as const
    expect(of('attribute-unfilled-variable', 'serial=$SERIALNUMBER', profile)).toMatchObject([{ severity: 'note' }])
  })
})

describe('attributes-not-set', () => {
  it('finds what users can fill in', () => {
    expect(of('attributes-not-set', undefined)).toHaveLength(1)
    expect(of('attributes-not-set', '')).toHaveLength(1)
    expect(of('attributes-not-set', 'a=x')).toEqual([])
  })

  it('is about managed telemetry only', () => {
    expect(of('attributes-not-set', undefined, { channel: 'user' })).toEqual([])
    expect(hitsOf(rules, 'attributes-not-set', settingsFile({ model: 'x' }))).toEqual([])
  })
})

it('finds no error in the good form', () => {
  expect(errorsOf(rules, withEnvironment())).toEqual([])
})

it('tells which of two equal keys counts', () => {
  expect(of('attribute-duplicate', 'a=x,b=1,a=y')[0]?.message).toBe('"a" stands more than once: the last one counts.')
})

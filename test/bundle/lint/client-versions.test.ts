import { describe, expect, it } from 'vitest'
import { clientBehaviour } from '../../../src/bundle/client-behaviour.js'
import { behavioursMet, clientsIn, clientsText, mayMeet, rangeOf } from '../../../src/bundle/lint/client-versions.js'
import { lintContext } from '../../builders/settings-file.js'

const unknown = lintContext([])
const out = lintContext([], { codeVersions: ['2.1.100', '2.1.240', '2.1.300-beta.1'] })
const ranges = (...list: string[]) => rangeOf(list.map((versions) => ({ versions, behaviour: 'any' })))

describe('clients out there', () => {
  it('are those inside of the range', () => {
    expect(clientsIn(out, '<2.1.240')).toEqual(['2.1.100'])
    expect(clientsIn(out, '>2.1.240')).toEqual(['2.1.300-beta.1'])
    expect(mayMeet(out, '<2.1.100')).toBe(false)
  })

  it('may be any where none are given', () => {
    expect(clientsIn(unknown, '<1.0.0')).toBeUndefined()
    expect(mayMeet(unknown, '<1.0.0')).toBe(true)
    expect(behavioursMet(unknown, clientBehaviour.unparsableJson)).toEqual(clientBehaviour.unparsableJson)
  })
})

describe('ranges', () => {
  it('join where one ends and the next begins', () => {
    expect(ranges('<2.1.2', '>=2.1.2 <2.1.5')).toBe('<2.1.5')
    expect(ranges('>=2.1.2 <2.1.5', '>=2.1.5')).toBe('>=2.1.2')
    expect(ranges('<2.1.2', '>=2.1.2 <2.1.5', '>=2.1.5')).toBe('*')
    expect(ranges('<2.1.2', '>=2.1.5')).toBe('<2.1.2 || >=2.1.5')
    expect(ranges()).toBeUndefined()
  })

  it('read as words', () => {
    expect(clientsText('<2.1.5')).toBe('clients before 2.1.5')
    expect(clientsText('<2.1.2 || >=2.1.3 <2.1.5')).toBe('clients before 2.1.2 and from 2.1.3 to before 2.1.5')
    expect(clientsText('>=2.1.2')).toBe('clients from 2.1.2 on')
    expect(clientsText('*')).toBe('all clients')
  })

  it('of the observed behaviours leave no version out', () => {
    for (const list of Object.values(clientBehaviour)) expect(rangeOf(list)).toBe('*')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/platform/sha256.js'
import { matchSenders } from '../../src/telemetry/match-senders.js'
import type { Sender } from '../../src/telemetry/tables.js'
import type { KnownEndpoint, SenderMatch } from '../../src/telemetry/view.js'
import { keys, knownEndpoint, sender } from '../builders/evidence-view.js'

const hashKey = '0123456789abcdef0123456789abcdef'
const hashOf = (value: string) => `sha256:${sha256(`${hashKey}:${value}`)}`

const fleet = [
  knownEndpoint('A1', { hostname: 'Ada-Mac', email: 'Ada@Example.com', user: 'ACME\\ada' }),
  knownEndpoint('B2', { hostname: 'bo-mac.corp.example', email: 'bo@example.com', user: 'bo' }),
  // Two endpoints of one person.
  knownEndpoint('C3', { hostname: 'cy-1', email: 'cy@example.com', user: 'cy' }),
  knownEndpoint('D4', { hostname: 'cy-2', email: 'cy@example.com', user: 'cy' }),
  // Nobody knows its serial number.
  knownEndpoint('E5', { serial: undefined, hostname: 'eve-mac', email: 'eve@example.com' }),
  // One serial number and one host name on two endpoints.
  knownEndpoint('F6', { serial: 'SHARED1', hostname: 'same', email: 'fay@example.com' }),
  knownEndpoint('G7', { serial: 'SHARED1', hostname: 'same', email: 'gil@example.com' }),
]

function match(one: Sender, options = {}, endpoints: readonly KnownEndpoint[] = fleet): string {
  return told(matchSenders([one], keys, endpoints, options)[0]!, endpoints)
}

function told(answer: SenderMatch, endpoints: readonly KnownEndpoint[]): string {
  return answer.kind === 'none' ? answer.problem : `${answer.kind} ${endpoints[answer.endpoint]!.id} ${answer.key}`
}

describe('a sender is joined', () => {
  it.each<[string, Parameters<typeof sender>[0], string]>([
    ['by its serial number', { serial: 'a1' }, 'serial A1 endpoint.serial'],
    ['by its serial number with blanks', { serial: ' A 1 ' }, 'serial A1 endpoint.serial'],
    ['by serial number, whoever uses it', { serial: 'A1', email: 'bo@example.com' }, 'serial A1 endpoint.serial'],
    ['by serial number, whatever it is called now', { serial: 'A1', hostname: 'new' }, 'serial A1 endpoint.serial'],
    [
      'by serial number, with a name that several have',
      { serial: 'A1', hostname: 'same' },
      'serial A1 endpoint.serial',
    ],
    ['by its host name', { hostname: 'ADA-MAC' }, 'attribute A1 host.name'],
    ['by its host name with the domain of a network', { hostname: 'ada-mac.local' }, 'attribute A1 host.name'],
    ['by its host name without its domain', { hostname: 'bo-mac' }, 'attribute B2 host.name'],
    [
      'by host name, with an account that nobody has',
      { hostname: 'ada-mac', email: 'ada@home.example' },
      'attribute A1 host.name',
    ],
    [
      'by the host name of an endpoint without serial number',
      { serial: 'NEW1', hostname: 'eve-mac' },
      'attribute E5 host.name',
    ],
    ['by its login', { owner: 'Ada' }, 'attribute A1 process.owner'],
    ['by its login with a domain', { owner: 'OTHER\\bo' }, 'attribute B2 process.owner'],
    ['by login and the address of the same', { owner: 'ada', email: 'ada@example.com' }, 'attribute A1 process.owner'],
    ['by its address', { email: ' ADA@example.com' }, 'email A1 user.email'],
    ['by its address, with a login that several have', { owner: 'cy', email: 'bo@example.com' }, 'email B2 user.email'],
    [
      'by the person, of two with one serial number',
      { serial: 'SHARED1', email: 'gil@example.com' },
      'email G7 user.email',
    ],
    ['by the person, of two with one name', { hostname: 'same', email: 'fay@example.com' }, 'email F6 user.email'],
    [
      'by its address, its serial number being a placeholder',
      { serial: 'To be filled by O.E.M.', email: 'bo@example.com' },
      'email B2 user.email',
    ],
    [
      'by its address, its variable being left',
      { serial: '$SERIALNUMBER', email: 'bo@example.com' },
      'email B2 user.email',
    ],
    [
      'by its address, its variable being left (Intune)',
      { serial: '{{serialnumber}}', email: 'bo@example.com' },
      'email B2 user.email',
    ],
    [
      'by its address, its variable being left (script)',
      { serial: '{{FleetSerial}}', email: 'bo@example.com' },
      'email B2 user.email',
    ],
    [
      'by its address, its host being called nothing',
      { hostname: 'localhost', email: 'bo@example.com' },
      'email B2 user.email',
    ],
  ])('%s', (_, changes, expected) => {
    expect(match(sender(changes))).toBe(expected)
  })
})

describe('a sender is joined to nothing', () => {
  it.each<[string, Parameters<typeof sender>[0], string]>([
    ['that says nothing', {}, 'no-identity'],
    ['that has only a variable', { serial: '$SERIALNUMBER' }, 'no-identity'],
    ['that has a login every machine has', { owner: 'root' }, 'no-identity'],
    ['with a serial number nobody knows', { serial: 'NEW1' }, 'unknown-machine'],
    [
      'with such a serial number, although the address fits',
      { serial: 'NEW1', email: 'bo@example.com' },
      'unknown-machine',
    ],
    [
      'with such a serial number, although the host name fits another',
      { serial: 'NEW1', hostname: 'ada-mac' },
      'unknown-machine',
    ],
    [
      'with a host name nobody knows, although the address fits',
      { hostname: 'new', email: 'bo@example.com' },
      'unknown-machine',
    ],
    ['with serial number and host name of two endpoints', { serial: 'A1', hostname: 'cy-1' }, 'disagreement'],
    ['with login and address of two endpoints', { owner: 'ada', email: 'bo@example.com' }, 'disagreement'],
    ['with a known login and an account that is another', { owner: 'ada', email: 'ada@home.example' }, 'disagreement'],
    [
      'with a host name and an address of two endpoints',
      { hostname: 'ada-mac', email: 'eve@example.com' },
      'disagreement',
    ],
    ['with a host name and a login of two endpoints', { hostname: 'ada-mac', owner: 'bo' }, 'disagreement'],
    [
      'with such a serial number, a host name whose serial number is not known, and an address of another',
      { serial: 'NEW1', hostname: 'eve-mac', email: 'bo@example.com' },
      'disagreement',
    ],
    ['with a name that the factory gave', { hostname: 'MacBook-Pro.local' }, 'no-identity'],
    ['with an address of two endpoints', { email: 'cy@example.com' }, 'several-endpoints'],
    ['with a serial number of two endpoints', { serial: 'SHARED1' }, 'several-endpoints'],
    ['with a host name of two endpoints', { hostname: 'same', email: 'bo@example.com' }, 'several-endpoints'],
    ['with an account nobody has', { email: 'new@example.com' }, 'unknown-account'],
    ['with a hash', { email: hashOf('ada@example.com') }, 'hashed'],
    ['with a serial number that somebody hashed', { serial: hashOf('A1'), email: 'ada@example.com' }, 'hashed'],
  ])('%s', (_, changes, expected) => {
    expect(match(sender(changes))).toBe(expected)
  })

  it('without an inventory', () => {
    expect(matchSenders([sender({ serial: 'A1' })], keys, undefined)).toEqual([
      { kind: 'none', problem: 'no-identity' },
    ])
  })

  it('by an inventory that holds nothing of the kind, for then nothing can be looked up', () => {
    const bare = [knownEndpoint('A1', { serial: undefined, hostname: undefined })]
    expect(match(sender({ serial: 'NEW1', email: 'a1@example.com' }), {}, bare)).toBe('email A1 user.email')
    const nameless = [knownEndpoint('A1', { email: undefined })]
    expect(match(sender({ email: 'somebody@example.com' }), {}, nameless)).toBe('no-identity')
    expect(match(sender({ serial: 'NEW1' }), {}, [])).toBe('unknown-machine')
  })

  it('where two attributes for the serial number name two machines', () => {
    const two = [...keys, { key: 'asset', field: 'serial' as const }]
    const withBoth = (first: string, second: string) => ({ ...sender(), identity: [first, '', second] })
    const answer = (first: string, second: string) =>
      told(matchSenders([withBoth(first, second)], two, fleet)[0]!, fleet)
    expect(answer('A1', 'B2')).toBe('disagreement')
    expect(answer('A1', 'NEW1')).toBe('disagreement')
    expect(answer('NEW1', 'NEW2')).toBe('unknown-machine')
    expect(answer('$SERIALNUMBER', 'B2')).toBe('serial B2 asset')
  })
})

it('a name that the factory gave is nobody, though one endpoint alone bears it', () => {
  const named = [
    knownEndpoint('A1', { hostname: 'MacBook-Pro', email: 'ada@example.com' }),
    knownEndpoint('B2', { hostname: 'bo-mac', email: 'eve@example.com' }),
  ]
  for (const hostname of ['macbook-pro.local', 'MacBook-Pro', 'MacBook-Pro-2.local', 'iMac', 'Mac-mini-3', 'ubuntu']) {
    expect(match(sender({ hostname, email: 'eve@example.com' }), {}, named), hostname).toBe('email B2 user.email')
    expect(match(sender({ hostname }), {}, named), hostname).toBe('no-identity')
  }
  for (const hostname of ['DESKTOP-4F2K9QX', 'macbook-007', 'pc-12', 'adas-macbook-pro'])
    expect(match(sender({ hostname }), {}, named), hostname).toBe('unknown-machine')
})

describe('logins', () => {
  it('are not looked up where not one of them is found: the inventory keeps other names there', () => {
    const named = [knownEndpoint('A1', { user: 'Ada Example' }), knownEndpoint('B2', { user: 'Bo Example' })]
    expect(match(sender({ owner: 'ada' }), {}, named)).toBe('no-identity')
    const both = matchSenders([sender({ owner: 'eve' }), sender({ owner: 'bo' })], keys, fleet)
    expect(both.map((answer) => told(answer, fleet))).toEqual(['unknown-account', 'attribute B2 process.owner'])
  })

  it('that are addresses are looked up as addresses', () => {
    const named = [knownEndpoint('A1', { email: undefined, user: 'ada@example.com' })]
    expect(match(sender({ email: 'ada@example.com' }), {}, named)).toBe('email A1 user.email')
  })
})

describe('a hash', () => {
  it('is compared with a key', () => {
    expect(match(sender({ email: hashOf('ada@example.com') }), { hashKey })).toBe('email A1 user.email')
    expect(match(sender({ owner: hashOf('bo') }), { hashKey })).toBe('attribute B2 process.owner')
    expect(match(sender({ email: hashOf('cy@example.com') }), { hashKey })).toBe('several-endpoints')
  })

  it('that opens nothing is of an unknown account only if the key opens another', () => {
    const strangers = [sender({ email: hashOf('new@example.com') })]
    const answers = (senders: Sender[], key: string) =>
      matchSenders(senders, keys, fleet, { hashKey: key }).map((answer) => told(answer, fleet))
    expect(answers(strangers, hashKey)).toEqual(['hashed'])
    expect(answers([...strangers, sender({ email: hashOf('bo@example.com') })], hashKey)).toEqual([
      'unknown-account',
      'email B2 user.email',
    ])
    expect(answers([sender({ email: hashOf('bo@example.com') })], 'another key')).toEqual(['hashed'])
  })
})

describe('whatever senders say', () => {
  const anyText = fc.constantFrom('', 'A1', 'a1 ', 'NEW1', 'SHARED1', '$SERIALNUMBER', 'ada-mac', 'same', 'ada', 'root')
  const anyEmail = fc.constantFrom('', 'ada@example.com', 'CY@example.com', 'new@example.com', hashOf('bo@example.com'))
  const anySender = fc
    .tuple(anyText, anyText, anyText, anyEmail)
    .map(([serial, hostname, owner, email]) => sender({ serial, hostname, owner, email }))

  it('a match shares a value with its endpoint, and a ghost shares no serial number with any', () => {
    fc.assert(
      fc.property(fc.array(anySender, { maxLength: 20 }), fc.boolean(), (senders, hasKey) => {
        const answers = matchSenders(senders, keys, fleet, hasKey ? { hashKey } : {})
        expect(answers).toHaveLength(senders.length)
        for (const [index, answer] of answers.entries()) {
          const { identity, owner, email } = senders[index]!
          const serial = identity[0]!.trim().toUpperCase()
          if (answer.kind === 'none') {
            const isGhost = answer.problem === 'unknown-machine' && serial !== ''
            if (isGhost) expect(fleet.map((endpoint) => endpoint.serial)).not.toContain(serial)
            continue
          }
          const endpoint = fleet[answer.endpoint]!
          const own = [endpoint.serial, endpoint.hostname, endpoint.user?.split('\\').at(-1), endpoint.email]
          const said = [serial, identity[1], owner, email].map((text) => text!.trim().toLowerCase())
          const shares = own.some((text) => text !== undefined && said.includes(text.toLowerCase()))
          expect(shares || (hasKey && email === hashOf(endpoint.email!))).toBe(true)
        }
      }),
    )
  })

  it('the order of the inventory changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(anySender, { maxLength: 10 }),
        fc.shuffledSubarray(fleet, { minLength: 7 }),
        (senders, other) => {
          const names = (endpoints: readonly KnownEndpoint[]) =>
            matchSenders(senders, keys, endpoints).map((answer) => told(answer, endpoints))
          expect(names(other)).toEqual(names(fleet))
        },
      ),
    )
  })

  it('takes no time over a name that the whole fleet bears', () => {
    const many = Array.from({ length: 20_000 }, (_, index) =>
      knownEndpoint(`S${index + 100}`, { hostname: 'office-mac' }),
    )
    const senders = many.map(({ id }) => sender({ serial: id, hostname: 'office-mac' }))
    const start = performance.now()
    const answers = matchSenders(senders, keys, many)
    expect(answers.every(({ kind }) => kind === 'serial')).toBe(true)
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

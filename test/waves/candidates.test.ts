import { describe, expect, it } from 'vitest'
import type { ScanHead } from '../../src/readiness/scan-document.js'
import { candidateIntake } from '../../src/waves/candidates.js'
import { obstacleIntake } from '../../src/waves/obstacles.js'
import type { PlanningEndpoint } from '../../src/waves/planning-scan.js'
import { planningEndpoint } from '../builders/planning.js'

const nobody = { pinned: [], last: [] }
const head = (shared: readonly string[] = []) =>
  ({ sharedIdentities: shared.map((value) => ({ kind: 'serial', value, why: '' })) }) as unknown as ScanHead

function candidatesOf(
  endpoints: readonly PlanningEndpoint[],
  selectors: Parameters<typeof candidateIntake>[0] = nobody,
) {
  const intake = candidateIntake(selectors)
  for (const endpoint of endpoints) intake.add(endpoint)
  return { candidates: intake.candidates(head(['SHARED'])), idle: intake.idle() }
}

it('takes endpoints to install, upgrade and repair, and no others', () => {
  const states = ['excluded', 'stale', 'unknown', 'install', 'upgrade', 'repair', 'ready'] as const
  const { candidates } = candidatesOf(states.map((state) => planningEndpoint({ id: state, state })))
  expect(candidates.map(({ id }) => id)).toEqual(['install', 'repair', 'upgrade'])
})

describe('the work', () => {
  const workOf = (changes: Partial<PlanningEndpoint>) =>
    candidatesOf([planningEndpoint({ id: 'A', ...changes })]).candidates[0]?.work

  it('is one upgrade for several gates of a product, to the highest version', () => {
    const reasons = [
      { code: 'below-gate', product: 'claude-desktop', upgradeTo: '1.9.0' },
      { code: 'below-gate', product: 'claude-desktop', upgradeTo: '1.10.0' },
      { code: 'known-bad', product: 'claude-code', upgradeTo: '2.1.163' },
      { code: 'version-unknown', product: 'claude-code' },
    ]
    expect(workOf({ reasons })).toEqual([
      { action: 'upgrade', product: 'claude-code', to: '2.1.163' },
      { action: 'upgrade', product: 'claude-desktop', to: '1.10.0' },
    ])
    expect(workOf({ reasons: [...reasons].reverse() })).toEqual(workOf({ reasons }))
  })

  it('is an installation or a repair without a version', () => {
    expect(workOf({ state: 'install', reasons: [{ code: 'not-installed', product: 'claude-desktop' }] })).toEqual([
      { action: 'install', product: 'claude-desktop' },
    ])
    expect(workOf({ state: 'repair', reasons: [] })).toEqual([{ action: 'repair' }])
  })
})

describe('the place', () => {
  const pinned = [{ department: 'Pilots' }]
  const last = [{ group: 'VIP' }]

  it('is first or last by name, last where both, and last without a serial number of its own', () => {
    const { candidates } = candidatesOf(
      [
        planningEndpoint({ id: 'A' }),
        planningEndpoint({ id: 'B', department: 'pilots' }),
        planningEndpoint({ id: 'C', department: 'Pilots', groups: ['Staff', 'vip'] }),
        planningEndpoint({ id: 'intune:D', serial: undefined, department: 'Pilots' }),
        planningEndpoint({ id: 'intune:E', serial: 'SHARED' }),
      ],
      { pinned, last },
    )
    expect(candidates.map(({ id, place }) => `${id} ${place}`)).toEqual([
      'A automatic',
      'B pinned',
      'C last',
      'intune:D no-identity',
      'intune:E no-identity',
    ])
  })

  it('tells selectors that name no endpoint at all; one that is ready already counts', () => {
    const { idle } = candidatesOf([planningEndpoint({ id: 'A', state: 'ready', department: 'Pilots' })], {
      pinned,
      last,
    })
    expect(idle).toEqual([{ list: 'last', selector: { group: 'VIP' } }])
  })
})

it('takes the device id of the freshest record of a product', () => {
  const records = [
    { product: 'jamf' as const, deviceId: '7' },
    { product: 'intune' as const, deviceId: 'new' },
    { product: 'intune' as const, deviceId: 'old' },
    { product: 'iru' as const },
  ]
  const { candidates } = candidatesOf([planningEndpoint({ id: 'A', records })])
  expect(candidates[0]?.deviceIds).toEqual({ jamf: '7', intune: 'new' })
})

it('gathers what stands in the way, the cheapest first, whoever was online last before others', () => {
  const intake = obstacleIntake()
  const add = (id: string, state: PlanningEndpoint['state'], code: string, lastSeen?: string) =>
    intake.add(planningEndpoint({ id, state, reasons: [{ code }], lastSeen }))
  add('R', 'ready', 'x')
  add('U', 'unknown', 'version-unknown')
  for (let day = 1; day <= 100; day++) add(`S${day}`, 'stale', 'check-in-too-old', new Date(day * 864e5).toISOString())
  add('A', 'unknown', 'no-app-list')
  expect(intake.obstacles()).toEqual([
    { state: 'unknown', code: 'no-app-list', endpoints: 1, cost: 1, examples: ['A'] },
    {
      state: 'stale',
      code: 'check-in-too-old',
      endpoints: 100,
      cost: 2,
      examples: ['S100', 'S99', 'S98', 'S97', 'S96', 'S95', 'S94', 'S93', 'S92', 'S91'],
    },
    { state: 'unknown', code: 'version-unknown', endpoints: 1, cost: 3, examples: ['U'] },
  ])
})

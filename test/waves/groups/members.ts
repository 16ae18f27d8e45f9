import type { Candidate } from '../../../src/waves/candidate.js'
import type { DatedWave } from '../../../src/waves/groups/guide.js'

/** A member of a wave: an upgrade that nothing else is known of. */
export function member(id: string, given: Partial<Candidate> = {}): Candidate {
  return {
    id,
    platform: 'macos',
    department: '',
    site: '',
    version: '1.1.4000',
    work: [{ action: 'upgrade', product: 'claude-desktop', to: '1.1.4173' }],
    place: 'automatic',
    deviceIds: {},
    ...given,
  }
}

export function wave(name: string, members: readonly Candidate[], given: Partial<DatedWave> = {}): DatedWave {
  return { name, folder: name, members, start: '2026-11-30', end: '2026-12-01', ...given }
}

/** A small company with all four products, and one of each case that cannot be listed plainly. */
export const company: readonly DatedWave[] = [
  wave(
    'pilot',
    [
      member('EXAMPLE00001', {
        serial: 'EXAMPLE00001',
        hostname: 'design-01',
        place: 'pinned',
        deviceIds: { jamf: '101' },
      }),
      member('EXAMPLE00002', {
        serial: 'EXAMPLE00002',
        hostname: 'HQ-LT-0002',
        email: 'user2@example.org',
        platform: 'windows',
        place: 'pinned',
        deviceIds: { intune: '3f0c1f6e-0000-4000-8000-000000000002' },
      }),
    ],
    { folder: '1-pilot' },
  ),
  wave(
    'wave-1',
    [
      member('EXAMPLE00003', {
        serial: 'EXAMPLE00003',
        hostname: 'Büro-Mac, "spare"',
        deviceIds: { iru: 'bd4eb679-0000-4000-8000-000000000003', fleetdm: '7' },
      }),
      member('EXAMPLE00004', { serial: 'EXAMPLE00004', deviceIds: { jamf: '104', fleetdm: '12' } }),
      member('osquery:build-05', { serial: 'EXAMPLE00005', hostname: 'build-05', deviceIds: { osquery: 'build-05' } }),
    ],
    { folder: '2-wave-1', start: '2026-12-07', end: '2026-12-08' },
  ),
  wave(
    'last',
    [
      member('uuid:0a', { serial: 'SHARED0001', place: 'no-identity', deviceIds: { jamf: '106' } }),
      member('uuid:0b', { serial: 'SHARED0001', place: 'no-identity', deviceIds: { fleetdm: '13' } }),
      member('serial:=1+1', { serial: '=1+1', place: 'last', deviceIds: { fleetdm: '14' } }),
      member('fleetdm:15', { hostname: 'vm|15', place: 'no-identity', deviceIds: { fleetdm: '15' } }),
      member('0000004711', { serial: '0000004711', hostname: '16', place: 'last', deviceIds: { jamf: 'x' } }),
      member('fleetdm:16', { place: 'no-identity', deviceIds: { fleetdm: '16' } }),
    ],
    { folder: '3-last', start: '2026-12-14', end: '2026-12-14' },
  ),
]

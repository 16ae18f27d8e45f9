import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/platform/failure.js'
import { startsAt } from '../../src/waves/starts-at.js'

const world = {
  startTime: '09:00',
  timeZone: 'Europe/Berlin',
  timeZones: {
    'New York': 'America/New_York',
    Pune: 'Asia/Kolkata',
    Boston: 'America/New_York',
    Munich: 'europe/berlin',
  },
}

describe('the start of a wave', () => {
  it('is one instant for each time zone, the earliest first', () => {
    expect(startsAt('2026-11-30', world)).toEqual([
      { timeZone: 'Asia/Kolkata', sites: ['Pune'], at: '2026-11-30T03:30:00Z' },
      { timeZone: 'Europe/Berlin', at: '2026-11-30T08:00:00Z' },
      { timeZone: 'America/New_York', sites: ['Boston', 'New York'], at: '2026-11-30T14:00:00Z' },
    ])
  })

  it('follows summer time, which does not begin everywhere on the same day', () => {
    // New York springs forward on 14 March 2027, Berlin on 28 March.
    expect(startsAt('2027-03-15', world).map(({ at }) => at)).toEqual([
      '2027-03-15T03:30:00Z',
      '2027-03-15T08:00:00Z',
      '2027-03-15T13:00:00Z',
    ])
    expect(startsAt('2027-03-29', world).map(({ at }) => at)).toEqual([
      '2027-03-29T03:30:00Z',
      '2027-03-29T07:00:00Z',
      '2027-03-29T13:00:00Z',
    ])
  })

  it('is an hour later when the clock leaves it out', () => {
    const night = { startTime: '02:30', timeZone: 'Europe/Berlin', timeZones: {} }
    expect(startsAt('2027-03-28', night)).toEqual([{ timeZone: 'Europe/Berlin', at: '2027-03-28T01:30:00Z' }])
  })

  it('is the first of two when the clock shows it twice', () => {
    const night = { startTime: '02:30', timeZone: 'Europe/Berlin', timeZones: {} }
    expect(startsAt('2027-10-31', night)).toEqual([{ timeZone: 'Europe/Berlin', at: '2027-10-31T00:30:00Z' }])
  })

  it('is on the day after where a place leaves out a whole day', () => {
    // Samoa went from 29 to 31 December 2011 (https://www.iana.org/time-zones, file australasia).
    const samoa = { startTime: '09:00', timeZone: 'Pacific/Apia', timeZones: {} }
    expect(startsAt('2011-12-30', samoa)).toEqual([{ timeZone: 'Pacific/Apia', at: '2011-12-30T19:00:00Z' }])
  })

  it('is ordered by time zone at the same instant, whatever the order of sites', () => {
    const same = { startTime: '09:00', timeZone: 'UTC', timeZones: { Lagos: 'Africa/Lagos', Tunis: 'Africa/Tunis' } }
    const reversed = { ...same, timeZones: { Tunis: 'Africa/Tunis', Lagos: 'Africa/Lagos' } }
    expect(startsAt('2026-11-30', same)).toEqual(startsAt('2026-11-30', reversed))
    expect(startsAt('2026-11-30', same).map(({ timeZone }) => timeZone)).toEqual([
      'Africa/Lagos',
      'Africa/Tunis',
      'UTC',
    ])
  })

  it('is refused for a name with several meanings', () => {
    const start = (timeZone: string, site: string) => () =>
      startsAt('2026-11-30', { startTime: '09:00', timeZone, timeZones: { Pune: site } })
    expect(start('PST', 'UTC')).toThrow(Failure)
    expect(start('PST', 'UTC')).toThrow('waves.timeZone is not')
    expect(start('UTC', 'IST')).toThrow('waves.timeZones.Pune is not')
  })
})

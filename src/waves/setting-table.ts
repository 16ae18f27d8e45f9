import { exitCode, Failure } from '../platform/failure.js'

/** Something that shapes a plan: its key in the policy, its flag, what it is when nobody says, and why. */
export interface Setting {
  /** Such as `waves.soakDays`. */
  readonly key: string
  readonly flag: string
  readonly multiple?: true
  readonly helpValue: string
  readonly help: string
  /** What a policy would hold, from the texts of the flag. Its own checks come later, with those of the policy. */
  readonly read: (texts: readonly string[]) => unknown
  /** Undefined: nothing, or worked out when the plan is made. */
  readonly fallback?: unknown
  readonly why: string
}

/**
 * Every setting of a plan. A new one is an entry here, a key in `src/policy/waves.ts` and a use.
 * Restart after 72 hours: https://claude.com/docs/third-party/claude-desktop/configuration (autoUpdaterEnforcementHours,
 * read 2026-08).
 */
export const settingTable: readonly Setting[] = [
  {
    key: 'target.coverage',
    flag: 'target',
    helpValue: 'PERCENT',
    help: 'Percent of the endpoints in scope that shall be ready.',
    read: number,
    fallback: 95,
    why: 'the usual target of rollouts',
  },
  {
    key: 'target.by',
    flag: 'by',
    helpValue: 'DATE',
    help: 'The day by which the target shall be met.',
    read: text,
    why: 'no day is named',
  },
  {
    key: 'waves.campaign',
    flag: 'campaign',
    helpValue: 'NAME',
    help: 'Names the campaign; another name chooses other canaries.',
    read: text,
    why: 'named after the required gates, so that the next requirement has other canaries',
  },
  {
    key: 'waves.preset',
    flag: 'preset',
    helpValue: 'NAME|SIZES',
    help: 'autopatch, fleet, two-phase, shares such as 5%,15%,80%, or numbers of endpoints such as 10,50,200.',
    read: sizes,
    fallback: 'autopatch',
    why: 'the rings of Windows Autopatch, which many administrators know',
  },
  {
    key: 'waves.pinned',
    flag: 'pinned',
    multiple: true,
    helpValue: 'FIELD=VALUE',
    help: 'Who goes first: group, department, site, platform, serial, hostname or email.',
    read: selectors,
    fallback: [],
    why: 'nobody is named',
  },
  {
    key: 'waves.last',
    flag: 'last',
    multiple: true,
    helpValue: 'FIELD=VALUE',
    help: 'Who goes last, such as VIPs and shared computers.',
    read: selectors,
    fallback: [],
    why: 'nobody is named',
  },
  {
    key: 'waves.strata.by',
    flag: 'strata',
    helpValue: 'FIELDS',
    help: 'What the waves are a fair sample of: platform,department,site,version.',
    read: list,
    fallback: ['platform', 'department', 'site', 'version'],
    why: 'a fault mostly hits one platform, version, site or team',
  },
  {
    key: 'waves.strata.minimum',
    flag: 'minimum-stratum',
    helpValue: 'NUMBER',
    help: 'A stratum of at least so many endpoints has one in the first automatic wave.',
    read: number,
    fallback: 10,
    why: 'smaller ones would make the first wave a large one',
  },
  {
    key: 'waves.start',
    flag: 'start',
    helpValue: 'DATE',
    help: 'The first day that the first wave may start on.',
    read: text,
    why: 'the day after the scan',
  },
  {
    key: 'waves.startTime',
    flag: 'start-time',
    helpValue: 'HH:MM',
    help: 'Local time at which waves start.',
    read: text,
    fallback: '09:00',
    why: 'somebody is there to see it',
  },
  {
    key: 'waves.soakDays',
    flag: 'soak-days',
    helpValue: 'DAYS',
    help: 'Working days between the last installation of a wave and the next wave.',
    read: number,
    fallback: 3,
    why: 'Claude Desktop takes up to 72 hours until it restarts for an update by itself',
  },
  {
    key: 'waves.workingDays',
    flag: 'working-days',
    helpValue: 'DAYS',
    help: 'Such as monday,tuesday,wednesday,thursday,friday.',
    read: list,
    fallback: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    why: 'the usual week',
  },
  {
    key: 'waves.noStartOn',
    flag: 'no-start-on',
    helpValue: 'DAYS',
    help: 'Days on which no wave starts; none for no such day.',
    read: listOrNone,
    fallback: ['friday'],
    why: 'what breaks on a Friday is found on a weekend',
  },
  {
    key: 'waves.holidays',
    flag: 'holidays',
    helpValue: 'DATES',
    help: 'Days off, such as 2026-12-24,2026-12-25.',
    read: list,
    fallback: [],
    why: 'none is named',
  },
  {
    key: 'waves.blackouts',
    flag: 'blackout',
    multiple: true,
    helpValue: 'FROM..TO=REASON',
    help: 'Days without any change, such as 2026-12-20..2027-01-04="year end".',
    read: blackouts,
    fallback: [],
    why: 'none is named',
  },
  {
    key: 'waves.timeZone',
    flag: 'time-zone',
    helpValue: 'ZONE',
    help: 'Time zone of sites without one of their own, such as Europe/Berlin.',
    read: text,
    fallback: 'UTC',
    why: 'none is named',
  },
  {
    key: 'waves.timeZones',
    flag: 'site-time-zone',
    multiple: true,
    helpValue: 'SITE=ZONE',
    help: 'Time zone of one site.',
    read: (texts) => Object.fromEntries(texts.map((given) => pair(given, 'site-time-zone', 'Lyon=Europe/Paris'))),
    fallback: {},
    why: 'none is named',
  },
  {
    key: 'waves.capacity.perDay',
    flag: 'per-day',
    helpValue: 'NUMBER',
    help: 'At most so many endpoints a day: what the helpdesk can take.',
    read: number,
    why: 'no limit is named',
  },
  {
    key: 'waves.capacity.perDepartment',
    flag: 'per-department',
    helpValue: 'NUMBER',
    help: 'At most so many endpoints of one department on one day.',
    read: number,
    why: 'no limit is named',
  },
  {
    key: 'waves.capacity.installerMegabytes',
    flag: 'installer-size',
    helpValue: 'MEGABYTES',
    help: 'What one installation downloads.',
    read: number,
    why: 'no size is named',
  },
  {
    key: 'waves.capacity.links',
    flag: 'link',
    multiple: true,
    helpValue: 'SITE=MBITS',
    help: 'What rollouts may use of the link of a site, in megabits a second, 8 hours a day; Lyon=50/4 for 4 hours.',
    read: links,
    fallback: {},
    why: 'no link is named',
  },
  {
    key: 'waves.expectedSuccess',
    flag: 'expected-success',
    helpValue: 'PERCENT',
    help: 'Percent of attempted endpoints that become ready.',
    read: number,
    fallback: 92,
    why: 'an assumption, until finished waves tell',
  },
  {
    key: 'waves.gate.success',
    flag: 'success',
    helpValue: 'PERCENT',
    help: 'The next wave starts when so many of the reporting endpoints are ready.',
    read: number,
    fallback: 95,
    why: 'one in twenty may have troubles of its own',
  },
  {
    key: 'waves.gate.minimumSucceeded',
    flag: 'minimum-succeeded',
    helpValue: 'NUMBER',
    help: 'And at least so many are ready; a smaller wave needs all of its endpoints.',
    read: number,
    fallback: 5,
    why: 'fewer prove next to nothing',
  },
  {
    key: 'waves.gate.minimumReported',
    flag: 'minimum-reported',
    helpValue: 'PERCENT',
    help: 'And so many of the attempted endpoints have reported.',
    read: number,
    fallback: 70,
    why: 'laptops are away, and what does not report proves nothing',
  },
  {
    key: 'waves.gate.failureLimit',
    flag: 'failure-limit',
    helpValue: 'PERCENT',
    help: 'More failures than that halt the rollout.',
    read: number,
    fallback: 10,
    why: 'twice what the gate lets pass',
  },
]

function text(texts: readonly string[]): unknown {
  return texts[0]
}

/** A text that is no number stays one, so that the checks of the policy can say so. */
function number([given = '']: readonly string[]): unknown {
  return /^-?\d+(?:\.\d+)?$/.test(given.trim()) ? Number(given) : given
}

function list([given = '']: readonly string[]): string[] {
  return given
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function listOrNone(texts: readonly string[]): string[] {
  const parts = list(texts)
  return parts.length === 1 && parts[0] === 'none' ? [] : parts
}

function sizes(texts: readonly string[]): unknown {
  const parts = list(texts)
  if (parts.length === 1 && /^[a-z]/.test(parts[0]!)) return parts[0]
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

function selectors(texts: readonly string[]): unknown {
  return texts.map((given) => Object.fromEntries([pair(given, 'pinned or --last', 'group="Claude pilot"')]))
}

function blackouts(texts: readonly string[]): unknown {
  return texts.map((given) => {
    const [days, reason] = pair(given, 'blackout', '2026-12-20..2027-01-04="year end"')
    const [from, to, ...more] = days.split('..')
    if (from === undefined || to === undefined || more.length > 0)
      throw badFlag('blackout', '2026-12-20..2027-01-04="year end"')
    return { from, to, reason }
  })
}

function links(texts: readonly string[]): unknown {
  return Object.fromEntries(
    texts.map((given) => {
      const [site, speed] = pair(given, 'link', 'Lyon=50')
      const [megabits = '', hours] = speed.split('/')
      return [
        site,
        { megabitsPerSecond: number([megabits]), ...(hours === undefined ? {} : { hoursPerDay: number([hours]) }) },
      ]
    }),
  )
}

function pair(given: string, flag: string, example: string): [string, string] {
  const at = given.indexOf('=')
  if (at < 1 || at === given.length - 1) throw badFlag(flag, example)
  return [given.slice(0, at).trim(), given.slice(at + 1).trim()]
}

function badFlag(flag: string, example: string): Failure {
  return new Failure(exitCode.usage, 'bad-flag', `--${flag} needs a value such as ${example}.`)
}

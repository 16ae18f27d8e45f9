import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  evaluateGate,
  Gate,
  type GateInstall,
  type GatePlatform,
  isInForce,
  minimumVersion,
} from '../../src/gates/gate.js'
import { compareVersions, parseVersion, type Version } from '../../src/gates/version.js'

const base = {
  id: 'some-gate',
  title: 'Some gate',
  product: 'claude-desktop',
  platforms: ['macos', 'windows', 'linux'],
  requires: ['>=1.1.4173'],
  why: 'because',
  source: 'https://example.org/page',
  checked: '2026-08-11',
  level: 'advised',
}
const exception = { range: '1.5.0', why: 'broken', source: 'https://example.org/issue', checked: '2026-08-12' }

function gate(changes: Record<string, unknown> = {}): Gate {
  return Gate.parse({ ...base, ...changes })
}

function installed(text: string): GateInstall {
  return { status: 'installed', version: parseVersion(text) }
}

function issues(changes: Record<string, unknown>): string[] {
  const result = Gate.safeParse({ ...base, ...changes })
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
}

describe('the schema of a gate', () => {
  it('accepts a plain gate and fills in no exceptions', () => {
    expect(gate()).toEqual({ ...base, except: [] })
  })

  const everything = 'would allow every version'
  it.each([
    [{ requires: [''] }, [`requires.0: ${everything}`]],
    [{ requires: ['  '] }, [`requires.0: ${everything}`]],
    [{ requires: ['*'] }, [`requires.0: ${everything}`]],
    [{ requires: ['x'] }, [`requires.0: ${everything}`]],
    [{ requires: ['>=0'] }, [`requires.0: ${everything}`]],
    [{ requires: ['>=0.0.0'] }, [`requires.0: ${everything}`]],
    [{ requires: ['>=1.2 ||'] }, [`requires.0: ${everything}`]],
    [{ requires: ['<=2 || >=2'] }, [`requires.0: ${everything}`]],
    [{ requires: ['>=1', '*'] }, [`requires.1: ${everything}`]],
    [{ requires: ['<2', '>=2'] }, ['requires: would together allow every version']],
    [{ requires: ['<2', '>2.0.0'] }, []],
    [{ requires: ['<2.0.0', '>=2.0.1'] }, []],
    [{ requires: ['>=0.0.1'] }, []],
    [{ requires: ['<2'] }, []],
    [{ requires: ['>2 <1'] }, ['requires.0: allows no version']],
    [{ requires: ['<0.0.0'] }, ['requires.0: allows no version']],
    [{ requires: ['junk'] }, ['requires.0: is not a version range, such as >=1.1.4173']],
    [{ requires: ['>=1.1.4173.0'] }, ['requires.0: is not a version range, such as >=1.1.4173']],
    [{ requires: ['>=1.1.9999999999'] }, ['requires.0: is not a version range, such as >=1.1.4173']],
    [{ requires: ['>=1.1.999999999'] }, []],
    [{ requires: [] }, ['requires: Too small: expected array to have >=1 items']],
    [{ platforms: [] }, ['platforms: Too small: expected array to have >=1 items']],
    [{ platforms: ['macos', 'macos'] }, ['platforms: names a platform twice']],
    [{ except: [{ ...exception, range: '*' }] }, [`except.0.range: ${everything}`]],
    [{ except: [{ ...exception, range: '>=1.1' }] }, leaves('macos', 'windows', 'linux')],
    [{ except: [{ ...exception, range: '>=1.1', platforms: ['linux'] }] }, leaves('linux')],
    [
      { except: [{ ...exception, platforms: [] }] },
      ['except.0.platforms: Too small: expected array to have >=1 items'],
    ],
    [{ except: [{ ...exception, note: 1 }] }, ['except.0: Unrecognized key: "note"']],
    [{ note: 1 }, [': Unrecognized key: "note"']],
    [{ source: 'ftp://example.org' }, ['source: Invalid URL']],
    [{ source: 'httpsx://example.org' }, ['source: Invalid URL']],
    [{ product: 'claude-code', source: 'http://example.org' }, []],
    [{ checked: '2026-02-30' }, ['checked: Invalid ISO date']],
    [{ from: '2026-10-08', until: '2026-10-07' }, ['until: is before from']],
    [{ from: '2026-10-07', until: '2026-10-07' }, []],
    [{ from: '2026-10-07' }, []],
    [{ until: '2026-10-07' }, []],
    [{ id: 'Some' }, ['id: use lower-case words joined by hyphens, such as cowork-otel']],
    [{ id: 'a--b' }, ['id: use lower-case words joined by hyphens, such as cowork-otel']],
    [{ id: '-a' }, ['id: use lower-case words joined by hyphens, such as cowork-otel']],
    [{ id: 'a2-3b' }, []],
    [{ title: 'x'.repeat(61) }, ['title: Too big: expected string to have <=60 characters']],
    [{ title: '  ' }, ['title: Too small: expected string to have >=1 characters']],
    [{ why: '' }, ['why: Too small: expected string to have >=1 characters']],
  ])('%j: %j', (changes, expected) => {
    expect(issues(changes)).toEqual(expected)
  })

  it.each(['product', 'level', 'platforms.0'])('takes only known words for %s', (path) => {
    const [key = ''] = path.split('.')
    const found = issues({ [key]: key === 'platforms' ? ['beos'] : 'beos' })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`${path}: Invalid option`)
  })

  function leaves(...platforms: string[]): string[] {
    return platforms.map((platform) => `except: leaves no version that passes on ${platform}`)
  }
})

describe('a version gate', () => {
  const otel = gate()

  it.each([
    ['0.14.1', 'fail'],
    ['1.1.4172', 'fail'],
    ['1.1.4172.9', 'fail'],
    ['1.1.4173-beta.1', 'fail'],
    ['1.1.4173', 'pass'],
    ['1.1.4173.0', 'pass'],
    ['1.1.4173.7', 'pass'],
    ['1.1.4173-1', 'pass'],
    ['1.1.4174', 'pass'],
    ['1.1.9669', 'pass'],
    ['1.2.0', 'pass'],
    ['1.569.0', 'pass'],
    ['1.10.0', 'pass'],
    ['1.24012.9', 'pass'],
    ['2.0.0-beta.1', 'pass'],
    ['2.110.0', 'pass'],
    ['999999999.0.0', 'pass'],
  ])('%s: %s', (text, result) => {
    expect(evaluateGate(otel, { platform: 'macos', install: installed(text) }).result).toBe(result)
  })

  it('answers in full', () => {
    expect(evaluateGate(otel, { platform: 'macos', install: installed('v1.1.4173 (x)') })).toEqual({
      result: 'pass',
      text: '1.1.4173 passes',
    })
    expect(evaluateGate(otel, { platform: 'windows', install: installed('1.1.4172') })).toEqual({
      result: 'fail',
      reason: 'below-gate',
      upgradeTo: '1.1.4173',
      text: '1.1.4172 is below 1.1.4173',
    })
  })

  it('knows absence, and does not need a platform for it', () => {
    const outcome = { result: 'not-applicable', reason: 'not-installed', text: 'not installed' }
    for (const platform of ['macos', 'other', 'unknown'] as const) {
      expect(evaluateGate(otel, { platform, install: { status: 'absent' } })).toEqual(outcome)
    }
  })

  it('never passes or fails what it does not know', () => {
    expect(evaluateGate(otel, { platform: 'macos', install: { status: 'unknown', reason: 'no-app-list' } })).toEqual({
      result: 'unknown',
      reason: 'install-unknown',
      detail: 'no-app-list',
      text: 'it is not known what is installed',
    })
    expect(evaluateGate(otel, { platform: 'macos', install: installed('10-Jan') })).toEqual({
      result: 'unknown',
      reason: 'version-unknown',
      detail: 'date',
      text: 'installed, but its version cannot be read',
    })
  })

  it('takes a union of ranges and says what is above all of them', () => {
    const union = gate({ requires: ['>=1.2.0 <1.3.0', '1.5.0 - 1.6.0'] })
    const ask = (text: string) => evaluateGate(union, { platform: 'linux', install: installed(text) })
    expect(ask('1.2.9').result).toBe('pass')
    expect(ask('1.6.0').result).toBe('pass')
    expect(ask('1.1.9')).toMatchObject({ result: 'fail', reason: 'below-gate', upgradeTo: '1.2.0' })
    expect(ask('1.3.0')).toMatchObject({ result: 'fail', reason: 'below-gate', upgradeTo: '1.5.0' })
    expect(ask('1.6.1')).toEqual({
      result: 'fail',
      reason: 'above-gate',
      text: '1.6.1 is above every allowed version',
    })
  })
})

describe('known bad builds', () => {
  const bad = { ...exception, range: '>=1.5.0 <1.5.4', platforms: ['windows'] }
  const known = gate({ except: [bad] })

  it('fail where they are bad, and only there', () => {
    expect(evaluateGate(known, { platform: 'windows', install: installed('1.5.2') })).toEqual({
      result: 'fail',
      reason: 'known-bad',
      upgradeTo: '1.5.4',
      exception: bad,
      text: '1.5.2 is a known bad build',
    })
    expect(evaluateGate(known, { platform: 'macos', install: installed('1.5.2') }).result).toBe('pass')
    expect(evaluateGate(known, { platform: 'windows', install: installed('1.4.9') }).result).toBe('pass')
    expect(evaluateGate(known, { platform: 'windows', install: installed('1.5.4') }).result).toBe('pass')
  })

  it('are bad everywhere when no platform is named', () => {
    const everywhere = gate({ except: [exception] })
    for (const platform of ['macos', 'windows', 'linux', 'unknown'] as const) {
      expect(evaluateGate(everywhere, { platform, install: installed('1.5.0') })).toMatchObject({
        reason: 'known-bad',
        upgradeTo: '1.5.1',
      })
    }
  })

  it('below the gate count as below it', () => {
    const low = gate({ except: [{ ...exception, range: '1.0.0' }] })
    expect(evaluateGate(low, { platform: 'macos', install: installed('1.0.0') })).toMatchObject({
      reason: 'below-gate',
    })
  })

  it('may leave nothing to upgrade to', () => {
    const last = gate({ except: [{ ...exception, range: '>=1.5.0' }] })
    const outcome = evaluateGate(last, { platform: 'macos', install: installed('1.6.0') })
    expect(outcome.reason).toBe('known-bad')
    expect('upgradeTo' in outcome).toBe(false)
  })
})

describe('platforms', () => {
  const windows = gate({ platforms: ['windows'], requires: ['>=1.24012.9'] })
  const other = { result: 'not-applicable', reason: 'other-platform', text: 'the gate is for another platform' }

  it('does not apply elsewhere, whatever is known of the version', () => {
    for (const platform of ['macos', 'linux', 'other'] as const) {
      expect(evaluateGate(windows, { platform, install: installed('1.0.0') })).toEqual(other)
      expect(evaluateGate(windows, { platform, install: installed('junk') })).toEqual(other)
      expect(evaluateGate(windows, { platform, install: { status: 'unknown', reason: 'x' } })).toEqual(other)
    }
    expect(evaluateGate(gate(), { platform: 'other', install: installed('1.1.4173') })).toEqual(other)
  })

  it('is unknown on an unknown platform, pass or fail', () => {
    const outcome = {
      result: 'unknown',
      reason: 'platform-unknown',
      text: 'the answer depends on the platform, which is not known',
    }
    expect(evaluateGate(windows, { platform: 'unknown', install: installed('1.24012.9') })).toEqual(outcome)
    expect(evaluateGate(windows, { platform: 'unknown', install: installed('1.24012.8') })).toEqual(outcome)
    const partly = gate({ except: [{ ...exception, platforms: ['linux'] }] })
    expect(evaluateGate(partly, { platform: 'unknown', install: installed('1.5.0') })).toEqual(outcome)
    expect(evaluateGate(partly, { platform: 'unknown', install: installed('1.5.1') }).result).toBe('pass')
  })

  it('needs no platform when it would make no difference', () => {
    expect(evaluateGate(gate(), { platform: 'unknown', install: installed('1.1.4173') }).result).toBe('pass')
    expect(evaluateGate(gate(), { platform: 'unknown', install: installed('1.1.4172') })).toMatchObject({
      result: 'fail',
      upgradeTo: '1.1.4173',
    })
    expect(evaluateGate(windows, { platform: 'unknown', install: installed('junk') })).toMatchObject({
      reason: 'version-unknown',
      detail: 'not-a-version',
    })
  })

  it('keeps the answers of platforms and gates apart', () => {
    const partly = gate({ except: [{ ...exception, platforms: ['linux'] }] })
    const ask = (which: Gate, platform: 'macos' | 'linux') =>
      evaluateGate(which, { platform, install: installed('1.5.0') }).result
    expect([ask(partly, 'linux'), ask(partly, 'macos'), ask(gate(), 'linux'), ask(partly, 'linux')]).toEqual([
      'fail',
      'pass',
      'pass',
      'fail',
    ])
  })

  it('gives equal versions the very same answer, and stays right beyond what it remembers', () => {
    const some = gate()
    const ask = (text: string) => evaluateGate(some, { platform: 'macos', install: installed(text) })
    expect(ask('1.1.4173.0')).toBe(ask('v1.1.4173 (x)'))
    for (let patch = 0; patch < 10_100; patch++) ask(`1.1.${patch}`)
    expect(ask('1.1.10200').result).toBe('pass')
    expect(ask('1.0.10200').result).toBe('fail')
    expect(ask('1.0.10200')).not.toBe(ask('1.0.10200'))
    expect(ask('1.1.9000')).toBe(ask('1.1.9000'))
  })

  it('refuses ranges that did not come through the schema', () => {
    const broken: Gate = { ...gate(), requires: ['junk'] }
    expect(() => evaluateGate(broken, { platform: 'macos', install: installed('1.0.0') })).toThrow(
      'not a version range, and not from the schema: junk',
    )
  })
})

describe('minimumVersion', () => {
  it.each<[Record<string, unknown>, GatePlatform, string | undefined]>([
    [{}, 'macos', '1.1.4173'],
    [{ requires: ['>1.1.4173'] }, 'macos', '1.1.4174'],
    [{ requires: ['>=2.3', '>=1.10.0 <1.11.0', '>=1.9.0 <1.9.5'] }, 'macos', '1.9.0'],
    [{ requires: ['1.17377'] }, 'macos', '1.17377.0'],
    [{ requires: ['>=1.2.0-beta.1'] }, 'macos', '1.2.0'],
    [{ requires: ['<2'] }, 'macos', '0.0.0'],
    [{ except: [{ ...exception, range: '<=1.2.0' }] }, 'macos', '1.2.1'],
    [{ except: [{ ...exception, range: '<1.2.0' }] }, 'macos', '1.2.0'],
    [{ except: [{ ...exception, range: '1.1.4173' }] }, 'macos', '1.1.4174'],
    [{ except: [{ ...exception, range: '1.1.4173', platforms: ['linux'] }] }, 'macos', '1.1.4173'],
    [{ except: [{ ...exception, range: '1.1.4173', platforms: ['linux'] }] }, 'linux', '1.1.4174'],
    [{ platforms: ['linux'] }, 'macos', undefined],
  ])('%j on %s: %s', (changes, platform, minimum) => {
    expect(minimumVersion(gate(changes), platform)).toBe(minimum)
  })
})

describe('isInForce', () => {
  it.each([
    [{}, '2026-01-01', true],
    [{ from: '2026-10-07' }, '2026-10-06', false],
    [{ from: '2026-10-07' }, '2026-10-07', true],
    [{ until: '2026-10-07' }, '2026-10-07', true],
    [{ until: '2026-10-07' }, '2026-10-08', false],
    [{ from: '2026-10-07', until: '2026-10-09' }, '2026-10-08', true],
  ])('%j on %s: %s', (changes, day, expected) => {
    expect(isInForce(gate(changes), day)).toBe(expected)
  })
})

describe('properties', () => {
  const small = fc.integer({ min: 0, max: 4 })
  const version = fc.tuple(small, small, small).map((parts) => parseVersion(parts.join('.')) as Version)
  const passes = (which: Gate, one: Version) =>
    evaluateGate(which, { platform: 'macos', install: { status: 'installed', version: one } }).result === 'pass'
  const all: Version[] = []
  // Bounds go up to 4, so whatever begins just after one is in here.
  for (let a = 0; a < 6; a++) {
    for (let b = 0; b < 6; b++) for (let c = 0; c < 6; c++) all.push(parseVersion(`${a}.${b}.${c}`) as Version)
  }
  const notZero = version.filter(({ normal }) => normal !== '0.0.0')

  it('raising a minimum never adds passes', () => {
    fc.assert(
      fc.property(notZero, notZero, version, (one, two, tried) => {
        const [low, high] = [one, two].sort(compareVersions) as [Version, Version]
        if (passes(gate({ requires: [`>=${high.normal}`] }), tried)) {
          expect(passes(gate({ requires: [`>=${low.normal}`] }), tried)).toBe(true)
        }
      }),
    )
  })

  it('a higher version never fails a gate that a lower one passes', () => {
    fc.assert(
      fc.property(notZero, version, version, (minimum, one, two) => {
        const [low, high] = [one, two].sort(compareVersions) as [Version, Version]
        const floor = gate({ requires: [`>=${minimum.normal}`] })
        expect(Number(passes(floor, low))).toBeLessThanOrEqual(Number(passes(floor, high)))
        expect(passes(floor, low)).toBe(compareVersions(low, minimum) >= 0)
      }),
    )
  })

  it('an exception never adds passes', () => {
    fc.assert(
      fc.property(notZero, version, version, (minimum, bad, tried) => {
        const plain = gate({ requires: [`>=${minimum.normal}`] })
        const strict = gate({ requires: [`>=${minimum.normal}`], except: [{ ...exception, range: `<=${bad.normal}` }] })
        if (passes(strict, tried)) expect(passes(plain, tried)).toBe(true)
        expect(passes(strict, bad)).toBe(false)
      }),
    )
  })

  it('the minimum and the upgrade are the lowest versions that pass', () => {
    const operator = fc.constantFrom('>=', '>', '<', '<=', '=', '^', '~')
    const range = fc.tuple(operator, version).map(([sign, { normal }]) => `${sign}${normal}`)
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 1, maxLength: 3 }),
        fc.option(range),
        version,
        (requires, bad, tried) => {
          const except = bad === null ? [] : [{ ...exception, range: bad }]
          const parsed = Gate.safeParse({ ...base, requires, except })
          fc.pre(parsed.success)
          if (!parsed.success) return
          const passing = all.filter((one) => passes(parsed.data, one))
          const lowest = passing[0]?.normal
          if (lowest !== undefined) expect(minimumVersion(parsed.data, 'macos')).toBe(lowest)
          const outcome = evaluateGate(parsed.data, {
            platform: 'macos',
            install: { status: 'installed', version: tried },
          })
          const above = passing.find((one) => compareVersions(one, tried) > 0)?.normal
          if (outcome.result === 'fail' && above !== undefined) expect(outcome.upgradeTo).toBe(above)
        },
      ),
      { numRuns: 500 },
    )
  })
})

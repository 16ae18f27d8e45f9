import fc from 'fast-check'
import { SemVer } from 'semver'
import { describe, expect, it } from 'vitest'
import {
  compareVersions,
  formatVersion,
  parseVersion,
  type Version,
  type VersionProblem,
} from '../../src/gates/version.js'

function read(text: string): Version {
  const parsed = parseVersion(text)
  if (parsed.kind !== 'version') throw new Error(`${JSON.stringify(text)}: ${parsed.reason}`)
  return parsed
}

describe('a version is read', () => {
  it.each([
    ['1.1.4173', '1.1.4173'],
    ['1.24012.9', '1.24012.9'],
    ['0.13.91', '0.13.91'],
    ['999999999.999999999.999999999', '999999999.999999999.999999999'],
    ['82', '82.0.0'],
    ['999', '999.0.0'],
    ['1.17377', '1.17377.0'],
    ['v1.1.4173', '1.1.4173'],
    ['V1.1.4173', '1.1.4173'],
    ['  1.1.4173\t\n', '1.1.4173'],
    ['\u00a01.1.4173\u00a0', '1.1.4173'],
    ['\ufeff1.1.4173', '1.1.4173'],
    ['1.07', '1.7.0'],
    ['22.002.20191', '22.2.20191'],
    ['Claude 1.1.4173', '1.1.4173'],
    ['Claude v1.1.4173', '1.1.4173'],
    ['Claude version 1.1.4173', '1.1.4173'],
    ['Claude Desktop 1.2.3', '1.2.3'],
    ['claude-desktop 1.2.3', '1.2.3'],
    ['claude-code 2.1.209', '2.1.209'],
    ['Claude Code  2.1.209', '2.1.209'],
    ['@anthropic-ai/claude-code@2.1.209', '2.1.209'],
    ['2.1.211 (Claude Code)', '2.1.211'],
    ['1.1.4173 (abc123)', '1.1.4173'],
    ['4.13.0(52.2)', '4.13.0'],
    ['5.15.7  (21404)', '5.15.7'],
    ['82 (21404)', '82.0.0'],
    ['1.17282.0,22fd1c0', '1.17282.0'],
    ['1.17282.0,22fd1c0e8a9b7c6d5e4f30112233445566778899', '1.17282.0'],
    ['1.1.4173+build.7', '1.1.4173'],
    [`1.1.4173+${'a'.repeat(64)}`, '1.1.4173'],
    [`1.1.4173,${'a'.repeat(64)}`, '1.1.4173'],
    [`1.1.4173 (${'a'.repeat(64)})`, '1.1.4173'],
    ['1.1.4173 (x)', '1.1.4173'],
    ['1:1.1.4173', '1.1.4173'],
    ['9999:1.1.4173', '1.1.4173'],
    ['1.24012.11.0', '1.24012.11'],
    ['Claude_1.24012.11.0_x64__pzs8sxrjxfjjc', '1.24012.11'],
    ['Claude_1.24012.11.0_arm64__pzs8sxrjxfjjc', '1.24012.11'],
    ['Claude_1.24012.11.0_neutral_~_pzs8sxrjxfjjc', '1.24012.11'],
    ['AnthropicPBC.Claude_2.9939.2.0_x86__fnn82j28hfe8t', '2.9939.2'],
  ])('%j is %s, exactly', (text, normal) => {
    expect(read(text)).toEqual({ kind: 'version', normal, parts: normal.split('.').map(Number) })
  })

  it.each([
    ['1.18286.2-1', '1.18286.2'],
    ['1:1.18286.2-1~bookworm1', '1.18286.2'],
    ['1:2.37.2-4ubuntu3', '2.37.2'],
    ['2.3.0-30', '2.3.0'],
    ['1.16.0_5', '1.16.0'],
    ['5.5.0-20200526170801+139bb348af', '5.5.0'],
    ['1.2.3-1+deb12u1', '1.2.3'],
    ['1.2.3-1+x', '1.2.3'],
    [`1.2.3-1${'0'.repeat(63)}`, '1.2.3'],
  ])('%j is %s with a revision', (text, normal) => {
    expect(read(text)).toEqual({
      kind: 'version',
      normal,
      parts: normal.split('.').map(Number),
      inexact: 'revision',
    })
  })

  it('keeps a fourth part that is not zero, and says that gates do not see it', () => {
    expect(read('7.0.0.485')).toEqual({
      kind: 'version',
      normal: '7.0.0',
      parts: [7, 0, 0, 485],
      inexact: 'fourth-part',
    })
    expect(read('7.0.0.485-1').inexact).toBe('fourth-part')
    expect(read('7.0.0.0').inexact).toBeUndefined()
  })

  it.each<readonly [string, string, readonly (string | number)[]]>([
    ['2.0.0-beta.1', '2.0.0-beta.1', ['beta', 1]],
    ['2.0.0-BETA1', '2.0.0-beta.1', ['beta', 1]],
    ['2.0.0-beta-01', '2.0.0-beta.1', ['beta', 1]],
    ['2.0-rc.1.20', '2.0.0-rc.1.20', ['rc', 1, 20]],
    ['2.0.0~rc1', '2.0.0-rc.1', ['rc', 1]],
    ['2.0.0-nightly', '2.0.0-nightly', ['nightly']],
    ['2.0.0-alpha.2+abc', '2.0.0-alpha.2', ['alpha', 2]],
    ['2.0.0-alpha+a', '2.0.0-alpha', ['alpha']],
    ['2.0.0-rc.1.2.3.4', '2.0.0-rc.1.2.3.4', ['rc', 1, 2, 3, 4]],
    ['2.0.0-canary.999999999', '2.0.0-canary.999999999', ['canary', 999999999]],
    ...['canary', 'dev', 'insider', 'next', 'pre', 'preview', 'snapshot'].map(
      (word) => [`2.0.0-${word}`, `2.0.0-${word}`, [word]] as const,
    ),
  ])('%j is a pre-release', (text, normal, preRelease) => {
    const parsed = read(text)
    expect(parsed).toEqual({ kind: 'version', normal, parts: [2, 0, 0], preRelease })
    expect(new SemVer(parsed.normal).version).toBe(normal)
  })
})

describe('what is not a version is unknown, with the reason', () => {
  it.each<readonly [string, VersionProblem]>([
    ['', 'empty'],
    [' \u00a0\t', 'empty'],
    ['1'.repeat(257), 'too-long'],
    [`1.1.4173${' '.repeat(249)}`, 'too-long'],
    ['1.1.4173\u0000', 'control-character'],
    ['1.1\n.4173', 'control-character'],
    ['1.1\u007f', 'control-character'],
    ['١.١.٤١٧٣', 'not-ascii'],
    ['１.１.４１７３', 'not-ascii'],
    ['1.1.4173\u200b', 'not-ascii'],
    ['No value', 'no-value'],
    ['n/a', 'no-value'],
    ['NULL', 'no-value'],
    ['--', 'no-value'],
    ['unknown', 'no-value'],
    ['[no results]', 'no-value'],
    ['Not Present', 'no-value'],
    ...[
      ...[
        '-',
        '--',
        '(none)',
        '[no results]',
        '[current result unavailable]',
        'n/a',
        'na',
        'nan',
        'none',
        'null',
        'undefined',
      ],
      ...['unknown', 'no value', 'not available', 'not collected', 'not present', 'not supported'],
    ].map((nothing) => [nothing, 'no-value'] as const),
    ['-1.2.3', 'negative'],
    ['-  1.2.3', 'negative'],
    ['x -1.2', 'not-a-version'],
    ['1.x.y', 'not-a-version'],
    ['a1.x', 'not-a-version'],
    ['v1.2.x', 'range'],
    ['10.x', 'range'],
    ['1.20.x', 'range'],
    ['a>1.2', 'not-a-version'],
    ['10e5', 'exponent'],
    ['1.10e5', 'exponent'],
    ['1.5e+10', 'exponent'],
    ['a1e5', 'not-a-version'],
    ['1e5 (x)', 'not-a-version'],
    ['10,20', 'decimal-comma'],
    ['1.10,20', 'unknown-suffix'],
    ['1,20a', 'unknown-suffix'],
    ['claude 2026-10-07', 'bare-number'],
    ['on 20241112', 'not-a-version'],
    ['20241312', 'bare-number'],
    ['20241199', 'bare-number'],
    ['120241112', 'bare-number'],
    ['202411120', 'bare-number'],
    ['claude 10/07/2026', 'not-a-version'],
    ['1/2/20266', 'not-a-version'],
    ['1/2-2026', 'not-a-version'],
    ['100/07/2026', 'not-a-version'],
    ['7-10-26', 'date'],
    ['-Jan', 'not-a-version'],
    ['100-jan', 'unknown-suffix'],
    ['10-Janu', 'unknown-suffix'],
    ['10.oct', 'date'],
    ['1 Jan', 'date'],
    ['x10-jan', 'not-a-version'],
    ['Jan-', 'not-a-version'],
    ['Sept 10', 'not-a-version'],
    ['Jan 1', 'date'],
    ['Jan-20266', 'not-a-version'],
    ['Jan 10x', 'not-a-version'],
    ['10000:1.2.3', 'not-a-version'],
    [':1.2.3', 'not-a-version'],
    ['x:1.2.3', 'not-a-version'],
    ['1.2.3-1+', 'unknown-suffix'],
    ['1.2.3-rc1+', 'unknown-suffix'],
    ['1.2.3-rc1.2.3.4.5', 'unknown-suffix'],
    ['1.2.3-rc1x', 'unknown-suffix'],
    ['1.2.3-rcx', 'unknown-suffix'],
    ['1.2.3_rc1', 'unknown-suffix'],
    ['1.2.3+rc1-rc2_', 'unknown-suffix'],
    ['1.2.3,abcdef', 'unknown-suffix'],
    ['1.2.3,abcdef0g', 'unknown-suffix'],
    ['1.2.3_,abcdef0', 'unknown-suffix'],
    [`1.2.3,${'a'.repeat(65)}`, 'unknown-suffix'],
    [`1.2.3+${'a'.repeat(65)}`, 'unknown-suffix'],
    [`1.2.3-1${'1'.repeat(64)}`, 'unknown-suffix'],
    [`1.2.3-1+${'a'.repeat(65)}`, 'unknown-suffix'],
    [`1.2.3 (${'a'.repeat(65)})`, 'not-a-version'],
    ['1.2.3-4-beta1', 'unknown-suffix'],
    ['1.2.3~-beta1', 'unknown-suffix'],
    ['1.2.3-1~alpha', 'unknown-suffix'],
    ['1.2.3-1.pre2', 'unknown-suffix'],
    ['My Claude_1.2.3.0_x64__pzs8sxrjxfjjc', 'not-a-version'],
    ['Claude_1.2.3.0_x64__pzs8sxrjxfjjcc', 'not-a-version'],
    ['Claude_1.2.3.0_x64__pzs8sxrjxfjjc!app', 'not-a-version'],
    ['- 1', 'negative'],
    ['-v1.2.3', 'negative'],
    ['>=1.1.4173', 'range'],
    ['^1.2.3', 'range'],
    ['~1.2', 'range'],
    ['=1.2.3', 'range'],
    ['1.x', 'range'],
    ['1.2.*', 'range'],
    ['1.2 || 1.3', 'range'],
    ['1.2.3 - 2.0.0', 'range'],
    ['1E+05', 'exponent'],
    ['1.1e3', 'exponent'],
    ['1e-3', 'exponent'],
    ['1,1062', 'decimal-comma'],
    ['10-Jan', 'date'],
    ['10 jan 2026', 'date'],
    ['Jan-26', 'date'],
    ['Oct 10, 2026', 'date'],
    ['2026-10-07', 'date'],
    ['2026-10-07T12:00:00Z', 'date'],
    ['2026-10-07 12:00', 'date'],
    ['2026.10.07', 'date'],
    ['2026.10', 'date'],
    ['1999/1/2', 'date'],
    ['20241112', 'date'],
    ['12.11.2026', 'date'],
    ['07.10.1999', 'date'],
    ['10/07/2026', 'date'],
    ['7/10/26', 'date'],
    ['10-07-2026', 'date'],
    ['10-07-2026 12:00', 'date'],
    ['4173', 'bare-number'],
    ['46000', 'bare-number'],
    ['1.2.3.4.5', 'too-many-parts'],
    ['1.1.1000000000', 'part-too-large'],
    ['0000000001.1.1', 'part-too-large'],
    ['9'.repeat(20), 'part-too-large'],
    ['1.2.3-4-5', 'unknown-suffix'],
    ['1.2.3-abc123', 'unknown-suffix'],
    ['1.2.3-0.1.rc1', 'unknown-suffix'],
    ['1.2.3-1beta', 'unknown-suffix'],
    ['1.2.3~bookworm1', 'unknown-suffix'],
    ['1.2.3,xyz', 'unknown-suffix'],
    ['1.2.3,abc', 'unknown-suffix'],
    ['1.2.3-', 'unknown-suffix'],
    ['1.2.3+', 'unknown-suffix'],
    ['1.2.3-rc1234567890', 'unknown-suffix'],
    ['1.2-1', 'unknown-suffix'],
    ['1.2+3', 'unknown-suffix'],
    ['1.2,abcdef0', 'unknown-suffix'],
    ['10:30', 'unknown-suffix'],
    ['1.2.3.', 'not-a-version'],
    ['.1.2', 'not-a-version'],
    ['1..3', 'not-a-version'],
    ['1,2,3', 'unknown-suffix'],
    ['8.7p1', 'not-a-version'],
    ['3.5.1fc19', 'not-a-version'],
    ['Build 3211', 'not-a-version'],
    ['r3095', 'not-a-version'],
    ['Claude', 'not-a-version'],
    ['Claude1.2.3', 'not-a-version'],
    ['Claudette 1.2.3', 'not-a-version'],
    ['My Claude 1.2.3', 'not-a-version'],
    ['vv1.2.3', 'not-a-version'],
    ['1.2.3 4', 'not-a-version'],
    ['1.2.3 (abc', 'not-a-version'],
    ['1.2.3 ()', 'not-a-version'],
    ['1.2.3 (a) (b)', 'not-a-version'],
    ['0x10.2', 'not-a-version'],
    ['Claude_1.2.3.0_x64__pzs8sxrjxfjj', 'not-a-version'],
    ['Claude_1.2.3.0_mips__pzs8sxrjxfjjc', 'not-a-version'],
    ['Console_1.2.3.0_x64__pzs8sxrjxfjjc', 'not-a-version'],
    ['Claude_1.2.3.0.5_x64__pzs8sxrjxfjjc', 'too-many-parts'],
    ['latest', 'not-a-version'],
  ])('%j: %s', (text, reason) => {
    expect(parseVersion(text)).toEqual({ kind: 'unknown', reason })
  })

  it('takes blanks up to the limit, and dotted numbers that only resemble dates', () => {
    expect(read(`1.1.4173${' '.repeat(248)}`).normal).toBe('1.1.4173')
    expect(read('1.1.2026').normal).toBe('1.1.2026')
    expect(read('1.10.2026').normal).toBe('1.10.2026')
    expect(read('12.11.20260').normal).toBe('12.11.20260')
    expect(read('20.26.1').normal).toBe('20.26.1')
  })
})

describe('order', () => {
  const rising = [
    '0.14.1',
    '1',
    '1.1.4172',
    '1.1.4173',
    '1.1.9669',
    '1.2.234',
    '1.9.0',
    '1.10.0',
    '1.569.0',
    '1.1062.0',
    '1.3036.0',
    '1.17282.0',
    '1.22209.3',
    '1.24012.9',
    '1.24012.11',
    '1.24012.11.5',
    '2.0.0-alpha.9',
    '2.0.0-beta',
    '2.0.0-beta.2',
    '2.0.0-beta.10',
    '2.0.0-beta.10.1',
    '2.0.0',
    '2.110.0',
    '10.0.0',
  ]

  it('is by integers, left to right', () => {
    for (const [i, a] of rising.entries()) {
      for (const [j, b] of rising.entries())
        expect(compareVersions(read(a), read(b)), `${a} ${b}`).toBe(Math.sign(i - j))
    }
  })

  it.each([
    ['1.2', '1.2.0'],
    ['1.2', '1.2.0.0'],
    ['1', '1.0.0.0'],
    ['1.02.003', '1.2.3'],
    ['1.2.3-1', '1.2.3-2'],
    ['2.0.0-rc1', '2.0.0~rc.1'],
  ])('%s equals %s', (a, b) => {
    expect(compareVersions(read(a), read(b))).toBe(0)
    expect(read(a).normal).toBe(read(b).normal)
  })
})

/** Majors that cannot be read as a day or a year. */
const major = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 100, max: 999 }))
const part = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 999_999_999 }))
const release = fc.tuple(major, fc.array(part, { maxLength: 3 })).map(([first, rest]) => [first, ...rest].join('.'))
const preRelease = fc
  .tuple(major, part, part, fc.constantFrom('alpha', 'beta', 'rc'), fc.array(part, { maxLength: 3 }))
  .map(([a, b, c, word, numbers]) => `${a}.${b}.${c}-${[word, ...numbers].join('.')}`)
const anyVersion = fc.oneof({ weight: 3, arbitrary: release }, preRelease).map(read)
const full = fc.tuple(major, part, part).map((parts) => parts.join('.'))

describe('properties', () => {
  it('the order is total, antisymmetric and transitive', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, anyVersion, (a, b, c) => {
        expect(compareVersions(a, a)).toBe(0)
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0)
        const [low, middle, high] = [a, b, c].sort(compareVersions) as [Version, Version, Version]
        expect(compareVersions(low, middle)).toBeLessThanOrEqual(0)
        expect(compareVersions(middle, high)).toBeLessThanOrEqual(0)
        expect(compareVersions(low, high)).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('agrees with semver wherever normal forms differ', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, (a, b) => {
        if (a.normal !== b.normal) expect(compareVersions(a, b)).toBe(new SemVer(a.normal).compare(b.normal))
      }),
    )
  })

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(anyVersion, (version) => {
        expect(parseVersion(formatVersion(version))).toEqual(version)
      }),
    )
  })

  it('padding with zeros changes nothing', () => {
    fc.assert(
      fc.property(release, (text) => {
        const missing = 4 - text.split('.').length
        expect(read(text + '.0'.repeat(missing))).toEqual(read(text))
      }),
    )
  })

  it('decorations never change the normal form', () => {
    const decorate = fc.constantFrom(
      (text: string) => `v${text}`,
      (text: string) => ` \u00a0${text} `,
      (text: string) => `Claude ${text}`,
      (text: string) => `${text} (abc123)`,
      (text: string) => `${text}(52.2)`,
      (text: string) => `${text},22fd1c0e`,
      (text: string) => `${text}+7`,
      (text: string) => `${text}-1`,
      (text: string) => `2:${text}-1~bookworm1`,
      (text: string) => `${text}.0`,
      (text: string) => `Claude_${text}.0_x64__pzs8sxrjxfjjc`,
    )
    fc.assert(
      fc.property(full, decorate, full, (text, how, other) => {
        const decorated = read(how(text))
        expect(decorated.normal).toBe(read(text).normal)
        expect(compareVersions(decorated, read(other))).toBe(compareVersions(read(text), read(other)))
      }),
    )
  })

  it('junk never throws and never becomes a normal form that semver refuses', () => {
    const alphabet = fc.constantFrom(...'0123456789..--~+,:_() vxe*<>=^|@/\u0000\u00a0٣🤖aclude'.split(''))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: alphabet, maxLength: 40 }), fc.string({ unit: 'binary' })), (text) => {
        const parsed = parseVersion(text)
        if (parsed.kind === 'version') expect(new SemVer(parsed.normal).version).toBe(parsed.normal)
      }),
      { numRuns: 2000 },
    )
  })

  it('stays linear on hostile texts', () => {
    const start = performance.now()
    for (const unit of ['1.', '1', '(', ' ', '-1', '~', '1-', ',a', '_x64_'])
      parseVersion(`1${unit.repeat(256 / unit.length)}`.slice(0, 256))
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

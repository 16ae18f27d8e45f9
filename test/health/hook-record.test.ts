import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hookVerdicts } from '../../src/health/facts.js'
import { type HookInvocation, readHookRecord } from '../../src/health/hook-record.js'

const invocation: fc.Arbitrary<HookInvocation> = fc.record(
  {
    at: fc
      .date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true })
      .map((date) => date.toISOString().replace(/\.\d+Z$/, 'Z')),
    event: fc.stringMatching(/^[A-Za-z]{1,60}$/),
    tool: fc.stringMatching(/^[A-Za-z0-9_.-]{1,60}$/),
    verdict: fc.constantFrom(...hookVerdicts),
    milliseconds: fc.integer({ min: 0, max: 999_999_999 }),
    status: fc.integer({ min: 0, max: 599 }),
  },
  { requiredKeys: ['at', 'event', 'tool', 'verdict', 'milliseconds'] },
)

/** A line as templates/hook/README.md describes it. */
function line({ at, event, tool, verdict, milliseconds, status }: HookInvocation): string {
  return `FR1|t=${at}|ev=${event}|tool=${tool}|ver=${verdict}|ms=${milliseconds}|http=${status ?? 'none'}|end`
}

const good = 'FR1|t=2026-11-18T07:41:00Z|ev=PreToolUse|tool=Bash|ver=allow|ms=12|http=none|end'

describe('a record', () => {
  it('says what was written, in its order, with either line end', () => {
    fc.assert(
      fc.property(fc.array(invocation), fc.constantFrom('\n', '\r\n'), (all, end) => {
        expect(readHookRecord(all.map((one) => line(one) + end).join(''))).toEqual(all)
      }),
    )
  })

  it('loses no line to what stands between, and takes nothing from a part of a line', () => {
    fc.assert(
      fc.property(invocation, invocation, fc.nat(), fc.string(), (first, second, at, noise) => {
        const torn = line(second).slice(0, at % line(second).length)
        const text = [line(first), torn, noise.replaceAll('FR1', ''), line(second)].join('\n')
        expect(readHookRecord(text)).toEqual([first, second])
      }),
    )
  })

  it.each([
    '',
    ` ${good}`,
    `${good} `,
    good + good,
    good.replace('FR1', 'FR2'),
    good.replace('07:41:00Z', '07:41:00'),
    good.replace('2026-11-18', '2026-13-18'),
    good.replace('07:41', '25:41'),
    good.replace('PreToolUse', ''),
    good.replace('PreToolUse', 'Pre ToolUse'),
    good.replace('PreToolUse', 'A'.repeat(61)),
    good.replace('Bash', 'a b'),
    good.replace('Bash', '\u0007'),
    good.replace('Bash', 'x'.repeat(61)),
    good.replace('allow', 'maybe'),
    good.replace('ms=12', 'ms=-1'),
    good.replace('ms=12', 'ms=1234567890'),
    good.replace('none', '2000'),
    good.replace('none', ''),
    good.replace('|ms=12', ''),
    good.replace('|end', ''),
  ])('takes %j for no line', (text) => {
    expect(readHookRecord(text)).toEqual([])
    expect(readHookRecord(`${text}\n${good}\n`)).toHaveLength(1)
  })

  it('is read in good time, whatever it holds', () => {
    const long = `${good}\n`.repeat(10_000) + 'FR1|t='.repeat(100_000)
    const started = performance.now()
    expect(readHookRecord(long)).toHaveLength(10_000)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { paintFor } from '../../src/report/paint.js'
import { verdictJson, verdictText } from '../../src/report/verdict-text.js'
import { gateReasons, VerdictDocument } from '../../src/waves/verdict-document.js'
import { hostileTexts } from '../builders/hostile-texts.js'

const look = { width: 80, paint: paintFor(false) }

const good: VerdictDocument = {
  schema: 'fleet.verdict/v1',
  asOf: '2026-12-12T08:00:00Z',
  plan: { digest: `sha256:${'a'.repeat(64)}`, asOf: '2026-11-27T08:00:00Z', campaign: 'cowork-otel' },
  scan: { digest: `sha256:${'b'.repeat(64)}`, asOf: '2026-12-12T08:00:00Z' },
  wave: { name: 'wave-2', size: 900, start: '2026-12-07', end: '2026-12-08', soakUntil: '2026-12-11' },
  next: { name: 'wave-3', size: 9000, start: '2026-12-14' },
  verdict: 'advance',
  reasons: [
    { code: 'all-good', effect: 'advance', message: '797 of 810 reporting endpoints are ready. wave-3 may start.' },
  ],
  attempted: 897,
  reported: 810,
  succeeded: 797,
  failed: 13,
  pending: 0,
  silent: [
    { why: 'missing', endpoints: 40 },
    { why: 'stale', endpoints: 30 },
    { why: 'no-report-since', endpoints: 17 },
  ],
  withdrawn: 3,
  notYetAttempted: 0,
  platforms: [
    { platform: 'linux', attempted: 129, reported: 121, succeeded: 119, failed: 2, pending: 0 },
    { platform: 'macos', attempted: 344, reported: 322, succeeded: 317, failed: 5, pending: 0 },
    { platform: 'unknown', attempted: 40, reported: 0, succeeded: 0, failed: 0, pending: 0 },
    { platform: 'windows', attempted: 384, reported: 367, succeeded: 361, failed: 6, pending: 0 },
  ],
  regressed: { treated: 1, untreated: 4, examples: ['EXAMPLE00901', 'EXAMPLE00902', 'EXAMPLE00903'] },
  control: {
    endpoints: 11_000,
    reported: 10_120,
    wereReady: 1_796,
    regressed: 4,
    waiting: { endpoints: 9_000, silent: 738 },
  },
  treated: { endpoints: 91, reported: 84 },
  failures: Array.from({ length: 13 }, (_, at) => ({
    id: `EXAMPLE000${at + 10}`,
    platform: 'windows',
    state: at % 2 === 0 ? 'upgrade' : 'repair',
    ...(at % 2 === 0 && { code: 'below-gate' }),
  })),
  thresholds: { success: 95, minimumSucceeded: 5, minimumReported: 70, failureLimit: 10 },
}

const held: VerdictDocument = {
  ...good,
  verdict: 'hold',
  reasons: [
    {
      code: 'too-few-reported',
      effect: 'hold',
      message:
        '610 of 897 attempted endpoints have reported since; 70 % are needed. Let them check in, export again and scan again.',
    },
    {
      code: 'below-success',
      effect: 'hold',
      message:
        '570 of 610 reporting endpoints are ready (93.4 %); 95 % are needed. Repair the failed ones, then scan again.',
    },
  ],
  reported: 610,
  succeeded: 570,
  failed: 40,
  silent: [
    { why: 'missing', endpoints: 40 },
    { why: 'stale', endpoints: 30 },
    { why: 'no-report-since', endpoints: 217 },
  ],
  platforms: [
    { platform: 'linux', attempted: 129, reported: 91, succeeded: 85, failed: 6, pending: 0 },
    { platform: 'macos', attempted: 344, reported: 242, succeeded: 226, failed: 16, pending: 0 },
    { platform: 'unknown', attempted: 40, reported: 0, succeeded: 0, failed: 0, pending: 0 },
    { platform: 'windows', attempted: 384, reported: 277, succeeded: 259, failed: 18, pending: 0 },
  ],
}

const halted: VerdictDocument = {
  ...good,
  verdict: 'halt',
  reasons: [
    {
      code: 'one-platform-fails',
      effect: 'halt',
      message:
        'windows: 36 of 367 reporting endpoints failed (9.8 %), against 9 of 516 on the others, counting earlier waves. Stop the rollout there and look at the failures.',
    },
    {
      code: 'below-success',
      effect: 'hold',
      message:
        '765 of 810 reporting endpoints are ready (94.4 %); 95 % are needed. Repair the failed ones, then scan again.',
    },
  ],
  succeeded: 765,
  failed: 45,
  platforms: [
    { platform: 'linux', attempted: 129, reported: 121, succeeded: 119, failed: 2, pending: 0 },
    { platform: 'macos', attempted: 344, reported: 322, succeeded: 315, failed: 7, pending: 0 },
    { platform: 'unknown', attempted: 40, reported: 0, succeeded: 0, failed: 0, pending: 0 },
    { platform: 'windows', attempted: 384, reported: 367, succeeded: 331, failed: 36, pending: 0 },
  ],
}

const soaking: VerdictDocument = {
  ...good,
  verdict: 'hold',
  reasons: [
    {
      code: 'soak-not-over',
      effect: 'hold',
      message:
        'The soak lasts until the end of 2026-12-11. So far 300 of 400 reporting endpoints are ready, 100 not yet. As it stands it would halt: at most 40 may fail. Scan again after it.',
    },
  ],
  asOf: '2026-12-07T20:00:00Z',
  notYetAttempted: 450,
  attempted: 447,
  reported: 400,
  succeeded: 300,
  failed: 0,
  pending: 100,
  silent: [{ why: 'no-report-since', endpoints: 47 }],
  platforms: [
    { platform: 'linux', attempted: 67, reported: 60, succeeded: 45, failed: 0, pending: 15 },
    { platform: 'macos', attempted: 179, reported: 160, succeeded: 120, failed: 0, pending: 40 },
    { platform: 'windows', attempted: 201, reported: 180, succeeded: 135, failed: 0, pending: 45 },
  ],
  failures: [],
}

const last: VerdictDocument = {
  ...good,
  next: undefined,
  reasons: [
    {
      code: 'all-good',
      effect: 'advance',
      message: '797 of 810 reporting endpoints are ready. This was the last wave.',
    },
  ],
  regressed: { treated: 0, untreated: 0, examples: [] },
  control: { endpoints: 0, reported: 0, wereReady: 0, regressed: 0, waiting: { endpoints: 0, silent: 0 } },
  treated: { endpoints: 0, reported: 0 },
}

const nobodyLeft: VerdictDocument = {
  ...good,
  verdict: 'hold',
  reasons: [
    {
      code: 'too-few-reported',
      effect: 'hold',
      message:
        'Nobody of the wave is in scope any more, so it can prove nothing. Take it as finished: re-plan with --accept.',
    },
  ],
  attempted: 0,
  reported: 0,
  succeeded: 0,
  failed: 0,
  silent: [],
  withdrawn: 900,
  platforms: [],
  failures: [],
}

const all = { good, held, halted, soaking, last, 'nobody-left': nobodyLeft }

describe('the text', () => {
  it.each(Object.entries(all))('reads as in the golden file: %s', async (name, verdict) => {
    const document = VerdictDocument.parse(verdict)
    await expect(verdictText(document, look)).toMatchFileSnapshot(`golden/verdict-${name}.txt`)
  })

  it.each([80, 100, 140])('fits %i columns, and ends no line in a blank', (width) => {
    for (const verdict of Object.values(all))
      for (const line of verdictText(verdict, { ...look, width }).split('\n')) {
        expect(stringWidth(line), line).toBeLessThanOrEqual(width)
        expect(line).toBe(line.trimEnd())
      }
  })

  it.each([
    [good, 'ADVANCE: wave-2 is well, wave-3 may start'],
    [last, 'ADVANCE: wave-2 is well, and it was the last wave'],
    [held, 'HOLD: wave-2 is not settled, wave-3 has to wait'],
    [halted, 'HALT: stop the rollout at wave-2'],
  ])('says the verdict first, and in words: $verdict', (verdict, first) => {
    expect(verdictText(verdict, look).split('\n')[0]).toBe(first)
  })

  it('has a colour for each verdict, over the same words', () => {
    const marked = { ...paintFor(false), good: mark('good'), bad: mark('bad'), doubtful: mark('doubtful') }
    const painted = (verdict: VerdictDocument) => verdictText(verdict, { width: 80, paint: marked }).split('\n')[0]
    expect(painted(good)).toMatch(/^<good>ADVANCE/)
    expect(painted(held)).toMatch(/^<doubtful>HOLD/)
    expect(painted(halted)).toMatch(/^<bad>HALT/)
  })

  it('shows ten failures, and says how many there are more', () => {
    const text = verdictText(good, look)
    expect(text.match(/^ {2}EXAMPLE000\d\d/gm)).toHaveLength(10)
    expect(text).toContain('… and 3 more; --json lists up to 100 of them')
    expect(text).toContain('below a required version')
  })

  it('says what to do for every reason to hold', () => {
    for (const code of gateReasons) {
      const text = verdictText({ ...held, reasons: [{ code, effect: 'hold', message: '' }] }, look)
      const steps = text.slice(text.indexOf('What next')).split(/\n {2}\d\. /)
      const ordinary = ['all-good', 'scan-not-newer'].includes(code)
      if (!ordinary) expect(steps.length, code).toBeGreaterThan(3)
      expect(text).toContain('fleet plan check plan newer-scan.json')
      expect(text).toContain('Do not load the group of wave-3 yet.')
    }
  })

  it('says of a wave without anybody to take it as finished, and not to check again', () => {
    const text = verdictText(nobodyLeft, look)
    expect(text).toContain('Nobody of wave-2 is in scope any more')
    expect(text).toContain('fleet plan newer-scan.json --previous plan --accept wave-2')
    expect(text).not.toContain('fleet plan check')
    expect(text).not.toContain('silent endpoints online')
    // What else is found has to be settled all the same.
    const silent = { code: 'control-silent', effect: 'hold', message: '' } as const
    const both = verdictText({ ...nobodyLeft, reasons: [...nobodyLeft.reasons, silent] }, look)
    expect(both).toContain('fleet plan check plan newer-scan.json')
    expect(both).toContain('Export every endpoint of every MDM')
  })

  it('does not offer to accept a wave behind one that is open', () => {
    const behind = { code: 'earlier-wave-open', effect: 'hold', message: '' } as const
    expect(verdictText({ ...held, reasons: [behind] }, look)).not.toContain('--accept')
  })

  it('says how much silence the gate bears, of this wave and of earlier ones', () => {
    const textOf = (verdict: VerdictDocument) => verdictText(verdict, look).replace(/\s+/g, ' ')
    expect(textOf(good)).toContain(
      'Made ready by earlier waves: 91 endpoints; the scan knows 84 of them (92.3 %, at least 70 %), 1 of them ready no longer.',
    )
    expect(textOf(good)).toContain(
      'Of waves to come 738 of 9,000 endpoints are missing, stale or unknown (8.2 %). The gate holds when that share of this wave is clearly larger, by more than 10 points.',
    )
    expect(textOf(last)).not.toContain('Made ready by earlier waves')
    expect(textOf(last)).not.toContain('Of waves to come')
  })

  it('calls endpoints without a record so, unless some of unknown platform are with them', () => {
    expect(verdictText(good, look)).toMatch(/^ {2}not in the scan +40 +0 /m)
    expect(verdictText(good, look)).not.toMatch(/^ {2}unknown/m)
    const mixed = good.platforms.map((row) => (row.platform === 'unknown' ? { ...row, attempted: 41 } : row))
    expect(verdictText({ ...good, platforms: mixed }, look)).toMatch(/^ {2}unknown +41 /m)
  })

  it.each([
    [{ plan: 'out/november', scan: 'scans/2026-12-12.json' }, 'out/november', 'scans/2026-12-12.json'],
    [{ plan: 'my plans/', scan: 'C:\\scan data\\new.json' }, '"my plans"', '"C:\\scan data\\new.json"'],
    [{ plan: 'plän.json', scan: 'a&b;c.json' }, '"plän.json"', '"a&b;c.json"'],
    // A command is never broken: it could not be copied.
    [{ plan: `plans/${'x'.repeat(90)}`, scan: 'a b' }, `plans/${'x'.repeat(90)}`, '"a b"'],
    // Standard input is over; and what a shell acts on inside quotes is not for copying.
    [{ plan: 'out', scan: '-' }, 'out', 'newer-scan.json'],
    [{ plan: 'a$(reboot)', scan: '`x`.json' }, 'plan', 'newer-scan.json'],
    [{ plan: 'a"; reboot', scan: '--wave.json' }, 'plan', 'newer-scan.json'],
    [{ plan: 'a\u{1b}[2J', scan: 'a\nb' }, 'plan', 'newer-scan.json'],
  ])('names the files as they were given, fit for copying: %j', (files, plan, scan) => {
    const textOf = (verdict: VerdictDocument) => verdictText(verdict, look, files)
    expect(textOf(good)).toContain(`     fleet plan ${scan} --previous ${plan}\n`)
    expect(textOf(held)).toContain(`     fleet plan ${scan} --previous ${plan} --accept wave-2\n`)
    expect(textOf(halted)).toContain(`     fleet explain ENDPOINT ${scan}\n`)
    // The next scan is another one.
    for (const verdict of [held, halted])
      expect(textOf(verdict)).toContain(`fleet plan check ${plan} newer-scan.json\n`)
    expect(textOf(halted)).toContain(`     fleet plan newer-scan.json --previous ${plan}\n`)
  })

  it('says after a halt that only the MDM stops a wave that has begun', () => {
    const text = verdictText(halted, look).replace(/\s+/g, ' ')
    expect(text).toContain('take the assignment off the group of wave-2, and do not load that of wave-3.')
    expect(text).toContain('a wave that has begun keeps its announced days')
    expect(text).toContain('Once the cause is settled, plan again: fleet plan newer-scan.json --previous plan')
  })

  it('offers to accept a wave only when its soak is over', () => {
    expect(verdictText(held, look)).toContain('fleet plan newer-scan.json --previous plan --accept wave-2')
    expect(verdictText(soaking, look)).not.toContain('--accept')
    // A name that a shell would act on is not for copying.
    const odd = { ...held, wave: { ...held.wave, name: 'ring 2; reboot' } }
    expect(verdictText(odd, look)).toContain('--accept WAVE\n')
  })

  it('names the day of the next wave, and says when it is over', () => {
    expect(verdictText(good, look)).toContain('On 2026-12-14 load the group of wave-3 (9,000 endpoints)')
    const late = verdictText({ ...good, asOf: '2026-12-15T08:00:00Z' }, look)
    expect(late).toContain('The day of wave-3 (9,000 endpoints), 2026-12-14, is over')
  })

  it('says when an outage could not be told from a fault of the wave', () => {
    const sentence = 'an outage could not be told from a fault of the wave'
    const textOf = (verdict: VerdictDocument) => verdictText(verdict, look).replace(/\s+/g, ' ')
    expect(textOf(last)).toContain(`None: ${sentence}`)
    expect(textOf({ ...good, control: { ...good.control, wereReady: 0 } })).toContain(sentence)
    expect(textOf(good)).not.toContain(sentence)
  })

  it('lets no text from data act on a terminal', () => {
    for (const text of hostileTexts) {
      const hostile: VerdictDocument = {
        ...halted,
        plan: { ...halted.plan, campaign: text },
        wave: { ...halted.wave, name: text },
        next: { ...good.next!, name: text },
        platforms: [{ ...good.platforms[0]!, platform: text }],
        regressed: { ...good.regressed, examples: [text] },
        failures: [{ id: text, platform: text, state: text, code: text }],
        reasons: [{ code: 'regressed', effect: 'halt', message: text }],
      }
      for (const verdict of [
        hostile,
        { ...hostile, verdict: 'hold' as const },
        { ...hostile, verdict: 'advance' as const },
      ])
        expect(verdictText(verdict, look)).not.toMatch(acting)
    }
  })
})

// What moves the cursor, changes colours or the reading direction; line ends are of the text itself.
const acting = /[\u{0}-\u{9}\u{b}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{feff}]/u

function mark(name: string): (text: string) => string {
  return (text) => `<${name}>${text}`
}

describe('the document', () => {
  it('is what a script reads back', () => {
    const odd = { ...good, wave: { ...good.wave, name: 'ring\u{9b}2\u{202e}' } }
    const json = verdictJson(odd)
    expect(json).not.toMatch(acting)
    expect(JSON.parse(json)).toEqual(odd)
    expect(json.endsWith('}\n')).toBe(true)
  })
})

import { resolve } from 'node:path'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { diagnosis, diagnosisCodes } from '../../src/health/diagnoses.js'
import { collectorAnswers, type Facts } from '../../src/health/facts.js'
import { judgeHealth } from '../../src/health/judge.js'
import { Probe, probeDocument } from '../../src/health/probe.js'
import { readProbeLine } from '../../src/health/probe-line.js'
import { probeTarget } from '../../src/health/probe-target.js'
import { safeText } from '../../src/platform/safe-text.js'
import { paintFor } from '../../src/report/paint.js'
import { selftestJson, selftestLine, selftestText } from '../../src/report/selftest-text.js'
import type { ConnectionStep } from '../../src/selftest/connection-step.js'
import type { Selftest } from '../../src/selftest/run-selftest.js'
import { policy, stamp } from '../builders/fixture-base.js'

const look = (width: number) => ({ width, paint: paintFor(false) })
const golden = (name: string) => resolve(import.meta.dirname, 'golden/selftest', name)
const words = (text: string) => text.replace(/\s+/g, ' ')
const target = probeTarget(policy, 'linux')

const healthy: Facts = {
  platform: 'linux',
  reach: 'machine',
  users: 3,
  builtFor: stamp,
  desktopVersion: '1.46388.1',
  desktopChanged: '2026-11-09T08:00:00Z',
  codeVersion: '2.1.290',
  desktopRunning: 'current',
  codeRunning: 'current',
  settings: [{ place: 'file', state: stamp }],
  combination: 'first',
  settingsDigest: '0123456789abcdef',
  settingsChanged: '2026-11-10T08:00:00Z',
  blocked: [],
  hooks: { good: 1, of: 1 },
  hookProblems: [],
  hooksChanged: '2026-11-09T09:00:00Z',
  credential: 'ok',
  plugins: { good: 1, of: 1 },
  pluginProblems: [],
  pluginsChanged: '2026-11-10T09:00:00Z',
  invoked: '2026-11-18T07:41:00Z',
  event: 'PreToolUse',
  tool: 'Bash',
  verdict: 'allow',
  milliseconds: 12,
  status: 200,
  activity: '2026-11-18T07:40:00Z',
  active: 1,
  silent: 0,
  at: '2026-11-18T08:00:00Z',
}

const connection: ConnectionStep[] = [
  { step: 'headers', outcome: 'done', seen: '1 from /etc/fleet/otel-headers.json' },
  { step: 'name', outcome: 'done', seen: 'collector.example.com is 192.0.2.10' },
  { step: 'port', outcome: 'done', seen: '4318 is open' },
  { step: 'proxy', outcome: 'skipped', seen: 'no proxy is set' },
  {
    step: 'certificate',
    outcome: 'failed',
    seen: `the connection is inspected by Zscaler, whose root is not trusted here; subject collector.example.com, issuer Zscaler Intermediate Root CA / Zscaler Inc., SHA-256 ${'AB:'.repeat(31)}AB`,
  },
]

function selftest(facts: Facts, more: Partial<Selftest> = {}): Selftest {
  const health = judgeHealth(facts, target)
  const probe = probeDocument(facts, target, health)
  return { probe, facts, health, required: ['installed'], exit: 0, ...more }
}

const cases = {
  healthy: selftest({ ...healthy, collector: 'ok' }),
  bare: selftest({
    platform: 'linux',
    reach: 'user',
    users: 1,
    builtFor: stamp,
    desktopVersion: 'none',
    codeVersion: 'none',
    desktopRunning: 'no',
    codeRunning: 'no',
    settings: [],
    blocked: [],
    hooks: { good: 0, of: 1 },
    hookProblems: ['missing'],
    credential: 'not-needed',
    invoked: 'none',
    activity: 'none',
    active: 0,
    silent: 0,
    at: '2026-11-18T08:00:00Z',
  }),
  intercepted: selftest(
    { ...healthy, collector: 'tls-intercepted', reach: 'user', users: 1 },
    {
      connection: { answer: 'tls-intercepted', steps: connection, isLookingUp: false },
      required: ['installed', 'recorded'],
    },
  ),
  undecided: selftest(
    { at: healthy.at, platform: 'linux', reach: 'user', cut: 'time' },
    { connection: { answer: undefined, steps: connection.slice(0, 4), isLookingUp: false }, required: [] },
  ),
}
const names = Object.keys(cases) as (keyof typeof cases)[]

describe.each(names)('%s', (name) => {
  it.each([60, 80, 100, 200])('fits %i columns, and every line is safe', (width) => {
    for (const line of selftestText(cases[name], look(width)).split('\n')) {
      expect(stringWidth(line), line).toBeLessThanOrEqual(width)
      expect(line).toBe(line.trimEnd())
      expect(line).toBe(safeText(line))
    }
  })

  it('says all as people read it', async () => {
    await expect(selftestText(cases[name], look(80))).toMatchFileSnapshot(golden(`${name}.txt`))
  })

  it('gives the document and the line, each by itself', () => {
    expect(Probe.parse(JSON.parse(selftestJson(cases[name]))).line).toBe(cases[name].probe.line)
    expect(selftestLine(cases[name])).toBe(`${cases[name].probe.line}\n`)
    expect(readProbeLine(selftestLine(cases[name]))).toMatchObject({ kind: 'line', word: cases[name].health.word })
  })
})

it('names every stage with its state, and marks what must be proven', () => {
  const text = selftestText(cases.intercepted, look(100))
  expect(text).toMatch(/^ {2}installed \* +proven /m)
  expect(text).toMatch(/^ {2}loaded +proven /m)
  expect(text).toMatch(/^ {2}recorded \* +contradicted /m)
})

it('says what is wrong, what to do and where that stands, for every answer of a collector', () => {
  for (const collector of collectorAnswers) {
    const { health, ...rest } = selftest({ ...healthy, collector })
    const text = words(selftestText({ health, ...rest }, look(80)))
    expect(health.diagnoses.length, collector).toBe(collector === 'ok' ? 0 : 1)
    for (const { title, remediation, why } of health.diagnoses)
      for (const part of [title, `Do: ${remediation}`, `Why: ${why}`]) expect(text).toContain(words(part))
  }
})

it('fits the narrowest terminal with every diagnosis there is', () => {
  const health = { ...cases.healthy.health, diagnoses: diagnosisCodes.map(diagnosis) }
  const text = selftestText({ ...cases.healthy, health }, look(60))
  for (const line of text.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(60)
  for (const code of diagnosisCodes) expect(text).toContain(`${code}, stage`)
})

it('tells how to find out what is unknown, and nothing where all is known', () => {
  expect(selftestText(cases.healthy, look(80))).not.toContain('unknown')
  const bare = words(selftestText(cases.bare, look(80)))
  expect(bare).toContain('recorded: fleet selftest --connect')
  expect(bare).toContain('start Claude Desktop or Claude Code')
  expect(bare).toContain('run it with sudo')
  expect(words(selftestText(cases.undecided, look(80)))).toContain('It ran out of time')
})

it('colours only where there is colour', () => {
  const bare = selftestText(cases.bare, look(80))
  expect(bare).not.toContain('\u001b')
  const painted = selftestText(cases.bare, {
    width: 80,
    paint: { ...paintFor(false), bad: (text) => `\u001b[31m${text}\u001b[39m` },
  })
  expect(painted).toContain('\u001b[31mcontradicted\u001b[39m')
  expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(bare)
})

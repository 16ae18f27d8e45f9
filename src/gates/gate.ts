import { Range, SemVer } from 'semver'
import * as z from 'zod'
import type { EndpointPlatform } from '../inventory/platform.js'
import type { ParsedVersion } from './version.js'

/** A platform that Claude Desktop is made for. */
export const GatePlatform = z.enum(['macos', 'windows', 'linux'])
export type GatePlatform = z.infer<typeof GatePlatform>

export const GateLevel = z.enum(['required', 'advised'])
export type GateLevel = z.infer<typeof GateLevel>

/** The name of a gate, as the policy and the reports write it. */
export const GateId = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'use lower-case words joined by hyphens, such as cowork-otel')

/**
 * A semver range. `''`, `*`, `x`, `>=0` and `>=1.2 ||` all mean "any version" to semver, and `>2 <1` means none: a gate
 * written so would pass or fail everybody without a word. A bare `1.1.4173` is legal and means exactly that build.
 */
const VersionRange = z
  .string()
  .max(200)
  .superRefine((text, context) => {
    const range = compileRange(text)
    if (range === undefined) context.addIssue('is not a version range, such as >=1.1.4173')
    else if (allowsAnything([range])) context.addIssue('would allow every version')
    else if (!candidatesOf(range).some((version) => range.test(version))) context.addIssue('allows no version')
  })

const platforms = z
  .array(GatePlatform)
  .nonempty()
  .refine((list) => new Set(list).size === list.length, 'names a platform twice')
const text = z.string().trim().min(1).max(600)
const source = z.url({ protocol: /^https?$/ })
const date = z.iso.date()

/** A build known to be bad although the gate's ranges would let it pass. */
export const GateException = z.strictObject({
  range: VersionRange,
  /** Where it is bad; everywhere the gate applies when left out. */
  platforms: platforms.optional(),
  why: text,
  source,
  checked: date,
})
export type GateException = z.infer<typeof GateException>

/** A dated, sourced rule about the version of one product. */
export const Gate = z
  .strictObject({
    id: GateId,
    title: z.string().trim().min(1).max(60),
    product: z.enum(['claude-desktop', 'claude-code']),
    platforms,
    /** Passing any one of these ranges is enough. */
    requires: z.array(VersionRange).nonempty(),
    except: z.array(GateException).default([]),
    why: text,
    source,
    /** The day of the copy of the source that was read. */
    checked: date,
    level: GateLevel,
    /** The day from which the gate matters, when there is a deadline. */
    from: date.optional(),
    /** The last day on which it matters. */
    until: date.optional(),
  })
  .refine((gate) => gate.from === undefined || gate.until === undefined || gate.from <= gate.until, {
    path: ['until'],
    message: 'is before from',
  })
  .superRefine((gate, context) => {
    // Reported already. A range that cannot be compiled never comes here.
    if (gate.requires.length === 0) return
    if (allowsAnything(gate.requires.map(mustCompile))) {
      context.addIssue({ code: 'custom', path: ['requires'], message: 'would together allow every version' })
    }
    for (const platform of gate.platforms) {
      if (compileFor(gate, platform).steps.length > 0) continue
      context.addIssue({ code: 'custom', path: ['except'], message: `leaves no version that passes on ${platform}` })
    }
  })
export type Gate = z.infer<typeof Gate>

/** What is known about one product on one endpoint. */
export type GateInstall =
  | { readonly status: 'installed'; readonly version: ParsedVersion }
  | { readonly status: 'absent' }
  | { readonly status: 'unknown'; readonly reason: string }

export interface GateSubject {
  readonly platform: EndpointPlatform
  readonly install: GateInstall
}

export type GateReason =
  | 'below-gate'
  | 'above-gate'
  | 'known-bad'
  | 'platform-unknown'
  | 'install-unknown'
  | 'version-unknown'
  | 'other-platform'
  | 'not-installed'

/** The answer of one gate for one endpoint. Only `pass` has no reason. */
export interface GateOutcome {
  readonly result: 'pass' | 'fail' | 'unknown' | 'not-applicable'
  readonly reason?: GateReason
  /** The finer reason behind `install-unknown` and `version-unknown`. */
  readonly detail?: string
  /** The lowest release above the present one that passes. */
  readonly upgradeTo?: string
  /** The exception that made it `known-bad`. */
  readonly exception?: GateException
  readonly text: string
}

/** Whether the gate matters on a day (ISO date). */
export function isInForce(gate: Gate, day: string): boolean {
  return (gate.from === undefined || gate.from <= day) && (gate.until === undefined || day <= gate.until)
}

/** The lowest release that passes the gate on a platform: what an upgrade must reach. */
export function minimumVersion(gate: Gate, platform: GatePlatform): string | undefined {
  return compile(gate).byPlatform.get(platform)?.steps[0]
}

/** Puts a gate to an endpoint. Pure: the answer depends only on the gate, the platform and what is known of the install. */
export function evaluateGate(gate: Gate, { platform, install }: GateSubject): GateOutcome {
  if (install.status === 'absent') return { result: 'not-applicable', reason: 'not-installed', text: 'not installed' }
  const compiled = compile(gate)
  if (platform !== 'unknown' && !compiled.byPlatform.has(platform)) return otherPlatform
  if (install.status === 'unknown')
    return unknown('install-unknown', install.reason, 'it is not known what is installed')
  if (install.version.kind === 'unknown') {
    return unknown('version-unknown', install.version.reason, 'installed, but its version cannot be read')
  }
  const { normal } = install.version
  const answers = compiled.answers[platform]
  const known = answers.get(normal)
  if (known !== undefined) return known
  const answer =
    platform === 'unknown' ? judgeAnywhere(compiled, normal) : judge(compiled.byPlatform.get(platform), normal)
  // A fleet has some hundred versions; the bound is for inventories full of made-up ones.
  if (answers.size < 10_000) answers.set(normal, answer)
  return answer
}

const everyPlatform = GatePlatform.options
const otherPlatform: GateOutcome = {
  result: 'not-applicable',
  reason: 'other-platform',
  text: 'the gate is for another platform',
}

interface OnePlatform {
  readonly requires: readonly Range[]
  readonly except: readonly { readonly range: Range; readonly entry: GateException }[]
  /** Releases, rising, at each of which a stretch of passing versions begins. */
  readonly steps: readonly string[]
}

interface CompiledGate {
  readonly byPlatform: ReadonlyMap<EndpointPlatform, OnePlatform>
  readonly answers: Readonly<Record<EndpointPlatform, Map<string, GateOutcome>>>
}

/** Parsing a range costs more than a thousand tests of it, and a million endpoints ask the same few gates. */
const compiledGates = new WeakMap<Gate, CompiledGate>()

function compile(gate: Gate): CompiledGate {
  const known = compiledGates.get(gate)
  if (known !== undefined) return known
  const byPlatform = new Map<EndpointPlatform, OnePlatform>()
  for (const platform of gate.platforms) byPlatform.set(platform, compileFor(gate, platform))
  const answers = { macos: new Map(), windows: new Map(), linux: new Map(), other: new Map(), unknown: new Map() }
  const compiled: CompiledGate = { byPlatform, answers }
  compiledGates.set(gate, compiled)
  return compiled
}

function compileFor(gate: Gate, platform: GatePlatform): OnePlatform {
  const requires = gate.requires.map(mustCompile)
  const except = gate.except
    .filter((entry) => entry.platforms === undefined || entry.platforms.includes(platform))
    .map((entry) => ({ range: mustCompile(entry.range), entry }))
  const passes = (version: SemVer) =>
    requires.some((range) => range.test(version)) && !except.some(({ range }) => range.test(version))
  const steps = [...requires, ...except.map(({ range }) => range)]
    .flatMap(candidatesOf)
    .filter(passes)
    .sort((a, b) => a.compare(b))
    .map((version) => version.version)
  return { requires, except, steps: [...new Set(steps)] }
}

function judge(rules: OnePlatform | undefined, normal: string): GateOutcome {
  if (rules === undefined) return otherPlatform
  const version = new SemVer(normal)
  const bad = rules.except.find(({ range }) => range.test(version))?.entry
  const inside = rules.requires.some((range) => range.test(version))
  if (inside && bad === undefined) return { result: 'pass', text: `${normal} passes` }
  const upgradeTo = rules.steps.find((step) => version.compare(step) < 0)
  const advice = upgradeTo === undefined ? {} : { upgradeTo }
  if (inside && bad !== undefined) {
    return { result: 'fail', reason: 'known-bad', ...advice, exception: bad, text: `${normal} is a known bad build` }
  }
  if (upgradeTo === undefined) {
    return { result: 'fail', reason: 'above-gate', text: `${normal} is above every allowed version` }
  }
  return { result: 'fail', reason: 'below-gate', ...advice, text: `${normal} is below ${upgradeTo}` }
}

/** Without a platform only an answer that is the same on all of them can be given. */
function judgeAnywhere(compiled: CompiledGate, normal: string): GateOutcome {
  const [first, ...others] = everyPlatform.map((platform) => judge(compiled.byPlatform.get(platform), normal))
  if (first !== undefined && others.every((other) => other.text === first.text)) return first
  return unknown('platform-unknown', undefined, 'the answer depends on the platform, which is not known')
}

function unknown(reason: GateReason, detail: string | undefined, why: string): GateOutcome {
  return { result: 'unknown', reason, ...(detail === undefined ? {} : { detail }), text: why }
}

function compileRange(range: string): Range | undefined {
  // semver takes 16 digits a part; our parser never reads more than nine, so more is a slip.
  if (/\d{10}/.test(range)) return undefined
  try {
    // Without this option semver calls every pre-release outside the range, so 2.0.0-beta.1 would fail >=1.1.4173.
    return new Range(range, { includePrerelease: true })
  } catch {
    return undefined
  }
}

function mustCompile(range: string): Range {
  const compiled = compileRange(range)
  if (compiled === undefined) throw new TypeError(`not a version range, and not from the schema: ${range}`)
  return compiled
}

/** The ends of the line of versions and every bound on it are inside, so nothing between them is outside. */
function allowsAnything(ranges: readonly Range[]): boolean {
  const highest = new SemVer('9999999999.0.0')
  return [highest, ...ranges.flatMap(candidatesOf)].every((version) => ranges.some((range) => range.test(version)))
}

/**
 * The releases at which a range can begin or has just ended: the very first, each bound, and the release after it.
 * Pre-releases are left out, because nobody is told to upgrade to one.
 */
function candidatesOf(range: Range): SemVer[] {
  const bounds = range.set.flat().flatMap(({ semver }) => {
    // `*` is a comparator without a version, whatever the types say.
    if (!(semver instanceof SemVer)) return []
    const { major, minor, patch } = semver
    return [new SemVer(`${major}.${minor}.${patch}`), new SemVer(`${major}.${minor}.${patch + 1}`)]
  })
  return [new SemVer('0.0.0'), ...bounds]
}

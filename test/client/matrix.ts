import { isDeepStrictEqual } from 'node:util'
import semver from 'semver'
import { startCollector } from '../../src/selftest/drill/collector.js'
import type { Client } from './client.js'
import { type Claim, collectorAddress, type Experiment, type Setup } from './experiment.js'
import { type Seen, seenIn } from './seen.js'
import { runSession } from './session.js'

/** What one experiment showed in one client. */
export interface Result {
  readonly rule: string
  readonly experiment: string
  readonly version: string
  readonly holds: boolean
  /** The facts the claim is about, as seen. */
  readonly bad?: Partial<Seen>
  readonly fixed: Partial<Seen>
  /** What was claimed and not seen, a line each. */
  readonly differences: readonly string[]
}

/** Runs setups in one client; a setup that several experiments share runs once. */
export function sessionsOf(client: Client): (setup: Setup) => Promise<Seen> {
  const seen = new Map<string, Promise<Seen>>()
  return (setup) => {
    const key = JSON.stringify(setup)
    const known = seen.get(key) ?? runSetup(client, setup)
    seen.set(key, known)
    return known
  }
}

async function runSetup(client: Client, setup: Setup): Promise<Seen> {
  const collector = await startCollector()
  const filled = <Value>(value: Value): Value =>
    JSON.parse(JSON.stringify(value).replaceAll(hostOf(collectorAddress), hostOf(collector.url))) as Value
  const text = (settings: unknown) => (typeof settings === 'string' ? settings : JSON.stringify(settings))
  try {
    const settings = text(filled(setup.managed))
    const managed = setup.encoding === 'utf-16' ? Buffer.from(`\uFEFF${settings}`, 'utf16le') : settings
    const dropIns = Object.entries(setup.dropIns ?? {}).map(([name, settings]): [string, string] => [
      `managed-settings.d/${name}`,
      text(filled(settings)),
    ])
    const session = await runSession({
      client,
      collector,
      managedFiles: { 'managed-settings.json': managed, ...Object.fromEntries(dropIns) },
      extraFiles: setup.files,
      userSettings: setup.user === undefined ? undefined : filled(setup.user),
      shellEnvironment: setup.shell === undefined ? undefined : filled(setup.shell),
      arguments: setup.arguments,
    })
    return seenIn(session)
  } finally {
    await collector.stop()
  }
}

function hostOf(url: string): string {
  return new URL(url).host
}

/** Runs an experiment in one client and compares what is seen with the claim for that version. */
export async function runExperiment(
  experiment: Experiment,
  version: string,
  run: (setup: Setup) => Promise<Seen>,
): Promise<Result> {
  const claim = claimFor(experiment, version)
  const fixed = await run(experiment.fixed)
  const bad = experiment.bad === undefined ? undefined : await run(experiment.bad)
  const differences = [...compare('fixed', claim.fixed, fixed), ...(bad ? compare('bad', claim.bad ?? {}, bad) : [])]
  return {
    rule: experiment.rule,
    experiment: experiment.id,
    version,
    holds: differences.length === 0,
    ...(bad === undefined ? {} : { bad: only(claim.bad ?? {}, bad) }),
    fixed: only(claim.fixed, fixed),
    differences,
  }
}

function claimFor(experiment: Experiment, version: string): Claim {
  const claim = experiment.expects.find(({ versions }) => semver.satisfies(version, versions))
  if (claim === undefined) throw new Error(`${experiment.rule}/${experiment.id} claims nothing for ${version}`)
  return claim
}

function compare(which: string, claimed: Partial<Seen>, seen: Seen): string[] {
  return Object.entries(claimed).flatMap(([name, value]) => {
    const found = seen[name as keyof Seen]
    if (isDeepStrictEqual(found, value)) return []
    return [`${which} ${name}: claimed ${JSON.stringify(value)}, seen ${JSON.stringify(found)}`]
  })
}

/** The facts a claim names, in one order. */
function only(claimed: Partial<Seen>, seen: Seen): Partial<Seen> {
  return Object.fromEntries(Object.entries(seen).filter(([name]) => name in claimed))
}

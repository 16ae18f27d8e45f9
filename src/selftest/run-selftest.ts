import { type Facts, type StageName, stageNames } from '../health/facts.js'
import { type Health, judgeHealth } from '../health/judge.js'
import { type Probe, probeDocument } from '../health/probe.js'
import { type ProbeTarget, probeTarget } from '../health/probe-target.js'
import { type ExitCode, exitCode, Failure } from '../platform/failure.js'
import type { Machine } from '../platform/machine.js'
import type { LoadedPolicy } from '../policy/load-policy.js'
import type { Policy } from '../policy/policy.js'
import type { Environment } from '../policy/secret-reference.js'
import type { Telemetry } from '../policy/telemetry.js'
import { type CollectorCheck, checkCollector } from './check-collector.js'
import { collectFacts } from './collect-facts.js'
import { managedEnvironment, namedRoots } from './connection-environment.js'
import { headersToSend } from './connection-headers.js'
import { type Network, thisNetwork } from './connection-network.js'
import { chooseProxy } from './connection-proxy.js'

/** What a selftest works with. */
export interface SelftestOptions {
  readonly loaded: LoadedPolicy
  readonly machine: Machine
  /** Whether to connect to the collector of the policy. */
  readonly connect: boolean
  readonly environment: Environment
  readonly network?: Network | undefined
}

/** What a selftest came to. */
export interface Selftest {
  readonly probe: Probe
  readonly facts: Facts
  readonly health: Health
  /** Stages that must be proven. */
  readonly required: readonly StageName[]
  readonly connection?: CollectorCheck | undefined
  readonly exit: ExitCode
}

/** A selftest, step by step; `result` is there when all are done. */
export interface PreparedSelftest {
  readonly steps: readonly { readonly title: string; readonly run: () => Promise<void> }[]
  result(): Selftest
}

/**
 * Looks at a machine, connects to the collector where that was asked for, and judges. Throws a Failure where the policy
 * wants nothing that could be looked for.
 */
export function prepareSelftest(options: SelftestOptions): PreparedSelftest {
  const { loaded, machine, connect } = options
  const { policy } = loaded
  const target = targetOf(loaded, machine, connect)
  const { telemetry } = policy
  let facts: Facts | undefined
  let connection: CollectorCheck | undefined
  let done: Selftest | undefined
  const look = async () => {
    facts = await collectFacts(machine, target)
  }
  const connecting = async () => {
    if (telemetry === undefined || facts === undefined) return
    connection = await connectAsClient(telemetry, options)
    const { answer } = connection
    if (answer !== undefined) facts = { ...facts, collector: answer }
  }
  const judge = async () => {
    if (facts !== undefined) done = selftestOf(facts, target, policy, connection)
  }
  return {
    steps: [
      { title: 'Look at this machine', run: look },
      ...(connect ? [{ title: 'Connect to the collector', run: connecting }] : []),
      { title: 'Judge what was seen', run: judge },
    ],
    result: () => {
      if (done === undefined) throw new Error('The steps have not been run.')
      return done
    },
  }
}

function targetOf({ policy, file }: LoadedPolicy, { platform }: Machine, connect: boolean): ProbeTarget {
  if (file === undefined)
    throw new Failure(exitCode.usage, 'no-policy', 'A selftest compares with a policy, and there is none here.', {
      tryThis: ['Name it: --policy fleet.yaml.', 'fleet init writes one.'],
    })
  const target = probeTarget(policy, platform)
  if (!target.wantsSettings)
    throw new Failure(exitCode.inputRefused, 'nothing-wanted', 'The policy wants nothing that could be looked for.', {
      where: { file },
      tryThis: ['Add what settings are made from, such as telemetry or hooks: fleet init asks for it.'],
    })
  if (connect && policy.telemetry === undefined)
    throw new Failure(exitCode.usage, 'no-collector', 'The policy names no collector to connect to.', {
      where: { file },
      tryThis: ['Add telemetry.endpoint, or leave --connect out.'],
    })
  return target
}

function selftestOf(
  facts: Facts,
  target: ProbeTarget,
  policy: Policy,
  connection: CollectorCheck | undefined,
): Selftest {
  const health = judgeHealth(facts, target)
  const wanted = new Set<StageName>([
    ...(policy.probe?.requires ?? ['installed']),
    ...(connection === undefined ? [] : (['recorded'] as const)),
  ])
  const required = stageNames.filter((name) => wanted.has(name))
  const probe = probeDocument(facts, target, health)
  return {
    probe: connection === undefined ? probe : { ...probe, connection: [...connection.steps] },
    facts,
    health,
    required,
    connection,
    exit: exitFor(health, required),
  }
}

/** 3 where a stage is contradicted, 8 where a required one is not proven, else 0. */
function exitFor({ stages }: Health, required: readonly StageName[]): ExitCode {
  if (stageNames.some((name) => stages[name].state === 'contradicted')) return exitCode.thresholdFailed
  return required.some((name) => stages[name].state === 'unknown') ? exitCode.hold : exitCode.ok
}

/** Connects with what a client of this machine has: its proxy, its authority, its headers. */
async function connectAsClient(
  telemetry: Telemetry,
  { machine, environment, loaded, network = thisNetwork() }: SelftestOptions,
): Promise<CollectorCheck> {
  const managed = await managedEnvironment(machine)
  const endpoint = new URL(telemetry.endpoint)
  const { roots, note } = await namedRoots(machine, telemetry, managed, environment)
  const headers = await headersToSend(telemetry, machine, { settings: managed, environment, folder: loaded.folder })
  const connection = {
    endpoint,
    protocol: telemetry.protocol,
    headers,
    proxy: chooseProxy(endpoint, { ...environment, ...managed }),
    namedRoots: roots,
    rootsNote: note,
  }
  return await checkCollector(connection, network)
}

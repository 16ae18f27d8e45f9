import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { hookRecordPlaces, readHookRecord, recordReadLimit } from '../../health/hook-record.js'
import { probeTarget } from '../../health/probe-target.js'
import { isoTime } from '../../platform/clock.js'
import { exitCode, Failure } from '../../platform/failure.js'
import type { Machine } from '../../platform/machine.js'
import { withCleanUp } from '../../platform/on-signal.js'
import type { Policy } from '../../policy/policy.js'
import { announcement } from './announcement.js'
import {
  checkCall,
  checkInvocation,
  checkRegistration,
  checkResolved,
  checkServerSettings,
  checkSettings,
  checkStart,
  checkVerdict,
} from './check-session.js'
import { checkAttributes, checkContent, checkEmission, checkStamp } from './check-telemetry.js'
import { clientEnvironment } from './client-environment.js'
import { readClientOutput } from './client-output.js'
import { type ClientProcess, type EndedProcess, startClient } from './client-process.js'
import type { DrillCheck, DrillDocument } from './drill-document.js'
import { type DrillFolder, makeDrillFolder } from './drill-folder.js'
import { type DrillSettings, readDrillSettings } from './drill-settings.js'
import { endStrays } from './end-strays.js'
import { expectedCall } from './expected-call.js'
import { findClient } from './find-client.js'
import { drillPrompt, startModel } from './model.js'
import { type DrillObservation, ownEvents } from './observation.js'
import { receiveTelemetry } from './telemetry-receiver.js'

export interface DrillOptions {
  readonly machine: Machine
  /** Says what must be found; without it the settings of the machine are all there is to compare with. */
  readonly policy?: Policy | undefined
  /** The program to drill with, where it is not the one that is installed. */
  readonly client?: string | undefined
  /** How long the session may take. */
  readonly timeoutSeconds?: number | undefined
  /** Start without asking. */
  readonly yes: boolean
  /** Is told what is about to happen, before anybody is asked; `--yes` does not silence it. */
  readonly announce: (lines: readonly string[]) => void
  /** Asks whether to start; undefined where nobody can be asked. */
  readonly agree?: (() => Promise<boolean>) | undefined
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** The home in which a client may be installed. */
  readonly home?: string | undefined
}

export const defaultTimeoutSeconds = 60
const versionTimeoutSeconds = 20

/**
 * Live fire without tokens: starts the installed client in a throw-away home, against a stand-in for the model that asks
 * for one harmless call, under the managed settings of this machine, and says what that proves. Leaves nothing behind,
 * also when a signal ends the program.
 * @throws Failure when there is no client, nobody agrees, or the settings send requests for the model elsewhere.
 */
export async function runDrill(options: DrillOptions): Promise<DrillDocument> {
  const path = await findClient(options.machine, {
    named: options.client,
    environment: options.environment ?? process.env,
    home: options.home ?? homedir(),
  })
  const folder = makeDrillFolder()
  const started: ClientProcess[] = []
  const cleanUp = (): boolean | null => {
    const remains = started.map(({ end }) => end())
    const strays = endStrays(folder.path)
    if (!folder.remove() || !strays || remains.includes('some')) return false
    return remains.includes('unknown') ? null : true
  }
  let document: DrillDocument | undefined
  await withCleanUp(
    async () => {
      const proved = await drill(options, path, folder, started)
      document = { ...proved, cleanedUp: cleanUp() }
    },
    () => void cleanUp(),
  )
  return document!
}

async function drill(
  options: DrillOptions,
  path: string,
  folder: DrillFolder,
  started: ClientProcess[],
): Promise<Omit<DrillDocument, 'cleanedUp'>> {
  const { machine, policy, timeoutSeconds = defaultTimeoutSeconds, environment = process.env } = options
  const sessionId = randomUUID()
  const run = (words: readonly string[], modelUrl: string, telemetry: Record<string, string>, seconds: number) => {
    const client = startClient({
      path,
      arguments: words,
      folder: folder.work,
      environment: clientEnvironment(environment, folder, modelUrl, telemetry),
      timeoutSeconds: seconds,
    })
    started.push(client)
    return client.ended
  }
  const plan = (settings: DrillSettings) => announcement({ path, sessionId, settings, policy, timeoutSeconds })
  const before = await readDrillSettings(machine, undefined)
  refuseElsewhere(before)
  const announced = plan(before)
  await consent(options, announced)

  // No model is at this address, and none is asked for.
  const told = await run(['--version'], 'http://127.0.0.1:9', {}, Math.min(versionTimeoutSeconds, timeoutSeconds))
  const version = /^\d+\.\d+\.\d+/.exec(told.stdout)?.[0]
  const settings = await readDrillSettings(machine, version)
  refuseElsewhere(settings)
  // What clients make of settings depends on the version: what was not said yet is said, and asked, now.
  const more = plan(settings).filter((line) => !announced.includes(line))
  if (more.length > 0) await consent(options, more)

  const model = await startModel()
  const telemetry = await receiveTelemetry(settings)
  const start = Date.now()
  let ended: EndedProcess
  try {
    ended = await run(sessionWords(sessionId), model.url, telemetry.environment, timeoutSeconds)
  } finally {
    await Promise.all([model.stop(), telemetry.stop()])
  }
  const output = readClientOutput(ended.stdout)
  const observation: DrillObservation = {
    sessionId,
    ended: ended.timedOut ? 'timed-out' : output.sessionId === undefined ? 'refused' : 'done',
    exitCode: ended.exitCode,
    output,
    complains: ended.stderr.split('\n').some((line) => complaint.test(line)),
    model: model.record,
    record: await readRecord(machine, folder),
    where: telemetry.where,
    received: telemetry.record,
  }
  return {
    schema: 'fleet.drill/v1',
    asOf: isoTime(machine.now * 1000),
    platform: machine.platform,
    client: { path, version: output.version ?? version ?? null },
    sessionId,
    permissionMode: output.permissionMode ?? null,
    ended: observation.ended,
    seconds: Math.round((Date.now() - start) / 100) / 10,
    checks: checksOf(observation, settings, options, [folder.work, folder.home, sessionId]),
    telemetry: {
      where: telemetry.where,
      endpoints: [...settings.endpoints],
      requests: telemetry.record.requests.length,
      events: countNames(ownEvents(observation).map(({ name }) => name)),
      metrics: [...telemetry.record.metrics].sort(),
    },
  }
}

/** Observed on 2.1.150 to 2.1.329 (2026-11-21): both ids and hooks are told. */
function sessionWords(sessionId: string): readonly string[] {
  const output = ['--output-format', 'stream-json', '--verbose', '--include-hook-events']
  return ['-p', drillPrompt, ...output, '--session-id', sessionId]
}

/** Told from notices of another kind, which some versions print in any session. */
const complaint =
  /managed settings|invalid (?:entries|settings)|policies? .*NOT in effect|requires? .*version|minimum version/i

function checksOf(
  observation: DrillObservation,
  settings: DrillSettings,
  { policy, machine }: Pick<DrillOptions, 'policy' | 'machine'>,
  places: readonly string[],
): DrillCheck[] {
  const target = policy && probeTarget(policy, machine.platform)
  const expected = expectedCall(policy, settings, machine.platform, places)
  return [
    { id: 'settings-present', stage: 'installed', ...checkSettings(settings, target) },
    { id: 'session-started', stage: 'loaded', ...checkStart(observation, settings) },
    { id: 'server-settings', stage: 'loaded', ...checkServerSettings(settings) },
    { id: 'settings-resolved', stage: 'loaded', ...checkResolved(observation) },
    { id: 'policy-stamp', stage: 'loaded', ...checkStamp(observation, policy) },
    { id: 'hooks-registered', stage: 'loaded', ...checkRegistration(observation, expected) },
    { id: 'hook-invoked', stage: 'invoked', ...checkInvocation(observation, expected) },
    { id: 'hook-verdict', stage: 'evaluated', ...checkVerdict(observation, expected) },
    { id: 'call-outcome', stage: 'evaluated', ...checkCall(observation, expected) },
    { id: 'telemetry-sent', stage: 'recorded', ...checkEmission(observation, policy) },
    { id: 'telemetry-attributes', stage: 'recorded', ...checkAttributes(observation, policy, settings) },
    { id: 'telemetry-content', stage: 'recorded', ...checkContent(observation, policy) },
  ]
}

function refuseElsewhere({ modelElsewhere }: DrillSettings): void {
  if (modelElsewhere.length === 0) return
  throw new Failure(
    exitCode.hold,
    'drill-not-possible',
    'No drill is possible: managed settings send requests for the model elsewhere, and they outrank the stand-in.',
    {
      tryThis: [`Set by managed settings: ${modelElsewhere.join(', ')}. Look for real sessions in telemetry instead.`],
    },
  )
}

async function consent({ yes, announce, agree }: DrillOptions, lines: readonly string[]): Promise<void> {
  announce(lines)
  if (yes) return
  if (agree === undefined)
    throw new Failure(
      exitCode.usage,
      'drill-needs-yes',
      'A drill starts a session of the client, and nobody can be asked here.',
      {
        tryThis: ['Add --yes once you have read what the drill does.'],
      },
    )
  if (await agree()) return
  throw new Failure(exitCode.usage, 'drill-declined', 'No session was started.')
}

async function readRecord(machine: Machine, folder: DrillFolder): Promise<DrillObservation['record']> {
  const parts = hookRecordPlaces[machine.platform].split(/[\\/]/)
  try {
    const bytes = await readFile(join(folder.home, ...parts))
    return readHookRecord(bytes.subarray(-recordReadLimit).toString('utf8'))
  } catch {
    return []
  }
}

function countNames(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const name of [...names].sort()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries(counts)
}

import { join } from 'node:path'
import { now } from '../platform/clock.js'
import { type ExitCode, exitCode, Failure } from '../platform/failure.js'
import { loadPolicy } from '../policy/load-policy.js'
import { getOrAdd } from '../readiness/get-or-add.js'
import { checkWave, currentWave } from '../waves/check-wave.js'
import { guidePath, guideText } from '../waves/groups/guide.js'
import { groupFiles } from '../waves/groups/index.js'
import type { EndpointReport } from '../waves/outcomes.js'
import type { Wave } from '../waves/plan-document.js'
import { type MadePlan, planFromScan } from '../waves/plan-from-scan.js'
import { readPlanningScan, reportOf } from '../waves/planning-scan.js'
import { type PlanFile, publishPlan } from '../waves/publish-plan.js'
import { type ReadPlan, readPlan } from '../waves/read-plan.js'
import { type SettingFlags, thresholdsOf } from '../waves/resolve-settings.js'
import type { VerdictDocument } from '../waves/verdict-document.js'
import { planCalendar } from './plan-calendar.js'
import { planJson } from './plan-json.js'
import { planMarkdown } from './plan-markdown.js'
import { planCsv } from './plan-rows.js'
import { planText } from './plan-text.js'
import { showProgress } from './progress.js'
import { terminalLook } from './terminal-look.js'
import { usualPolicy } from './usual-policy.js'
import { countText } from './words.js'

/** The flags of `fleet plan` that are no settings of a plan. */
export interface PlanFlags {
  readonly json?: boolean | undefined
  readonly policy?: string | undefined
  readonly previous?: string | undefined
  readonly accept?: readonly string[] | undefined
  readonly started?: readonly string[] | undefined
  readonly 'not-started'?: readonly string[] | undefined
  readonly output: string
  readonly 'dry-run'?: boolean | undefined
  readonly force?: boolean | undefined
  readonly 'require-target'?: boolean | undefined
}

/** Plans, writes the folder, and gives what stdout should show. Throws a Failure that says what to do. */
export async function runPlan(
  scan: string,
  flags: PlanFlags,
  settings: SettingFlags,
  { notes }: { readonly notes: (text: string) => void },
): Promise<{ readonly output: Iterable<string>; readonly exit: ExitCode }> {
  const about = { accepted: flags.accept ?? [], started: flags.started ?? [], notStarted: flags['not-started'] ?? [] }
  if (flags.previous === undefined && Object.values(about).some((names) => names.length > 0))
    throw new Failure(exitCode.usage, 'no-previous', '--accept, --started and --not-started belong to --previous.', {
      tryThis: ['Give the plan that has begun: --previous plan'],
    })
  if (scan === '-' && flags.previous === '-') throw stdinTwice()
  const previous = flags.previous === undefined ? undefined : await readPlan(flags.previous)
  const loaded = await loadPolicy(flags.policy ?? (await usualPolicy(scan)))
  const progress = reading()
  const made = await planFromScan({
    scan,
    loaded,
    flags: settings,
    previous,
    notes: about,
    onRead: (bytes) => progress.read(scan, bytes),
  }).finally(() => progress.end())
  const { plan } = made
  const today = new Date(now()).toISOString().slice(0, 10)
  const first = plan.waves.find(({ status }) => status === 'planned')
  if (first && first.start < today)
    notes(
      `The first planned wave, ${first.name}, starts on ${first.start}, which is over: scan again, or give --start.`,
    )
  if (!flags['dry-run']) {
    if (!flags.force) await refuseBegun(flags.output, plan.asOf, previous)
    const { files, note } = filesOf(made, previous)
    const neverOver = [...(scan === '-' ? [] : [scan]), ...(loaded.file === undefined ? [] : [loaded.file])]
    await publishPlan(flags.output, files, { force: flags.force ?? false, neverOver })
    if (note !== undefined) notes(note)
  }
  const folder = flags['dry-run'] ? undefined : flags.output
  return {
    output: flags.json ? planJson(plan) : [planText(plan, terminalLook(), { folder })],
    exit: flags['require-target'] && !meetsTarget(made) ? exitCode.thresholdFailed : exitCode.ok,
  }
}

function stdinTwice(): Failure {
  return new Failure(exitCode.usage, 'stdin-twice', 'The scan and the plan cannot both come from stdin.', {
    tryThis: ['Give one of them as a file.'],
  })
}

/** A plan that has begun holds what its waves came to: a fresh plan in its place would lose it. */
async function refuseBegun(folder: string, asOf: string, previous: ReadPlan | undefined): Promise<void> {
  const there = await readPlan(join(folder, 'plan.json')).catch(() => undefined)
  const begun = there?.plan.waves.some(({ status, start }) => status !== 'planned' || start <= asOf.slice(0, 10))
  // What goes on with it may take its place: the plan before stands beside the new one.
  if (!begun || there?.digest === previous?.digest) return
  throw new Failure(exitCode.outputFailed, 'plan-has-begun', 'The plan that stands there has begun.', {
    where: { file: folder },
    tryThis: [
      `Go on with it: --previous ${folder}`,
      'Or start afresh somewhere else with --output, or in its place with --force.',
    ],
  })
}

function meetsTarget({ plan: { target } }: MadePlan): boolean {
  return target.answer === 'met' || target.answer === 'in-time' || target.answer === 'no-date'
}

function reading() {
  const terminal = process.stderr.isTTY === true && !process.env.CI
  return showProgress({ title: 'Reading the scan', files: 1, onlyStderr: !process.stdout.isTTY, terminal })
}

/** What is written, and what the administrator has to know of it. */
function filesOf(
  made: MadePlan,
  previous: ReadPlan | undefined,
): { readonly files: PlanFile[]; readonly note?: string } {
  const { plan, candidates } = made
  const failed = new Set(plan.repair.map(({ id }) => id))
  const open = (ids: readonly string[]) => ids.flatMap((id) => candidates.get(id) ?? [])
  const waves = plan.waves.map(({ name, start, end, status, endpoints }, index) => ({
    name,
    folder: `${String(index + 1).padStart(2, '0')}-${name}`,
    start,
    end,
    isRunning: status === 'running',
    // A finished wave has its group already; whoever failed in a running one stands on the list for repair.
    members: status === 'finished' ? [] : open(endpoints.filter((id) => !failed.has(id))),
  }))
  const repair = {
    name: 'repair',
    folder: 'repair',
    start: '–',
    end: '–',
    members: open(plan.repair.map(({ id }) => id)),
  }
  const targets = [...waves, repair].filter(({ members }) => members.length > 0)
  const groups = groupFiles(targets, plan)
  const unlisted = groups.unlisted.reduce((sum, { endpoints }) => sum + endpoints, 0)
  const files = [
    { path: 'plan.json', content: planJson(plan) },
    { path: 'plan.csv', content: planCsv(plan, candidates) },
    { path: 'plan.md', content: planMarkdown(plan) },
    { path: 'waves.ics', content: planCalendar(plan) },
    ...groups.files.map(({ path, content }) => ({ path, content })),
    ...(targets.length > 0 ? [{ path: guidePath, content: guideText(targets, groups, plan) }] : []),
    // The chain of plans can be followed only while the plan before is still there.
    ...(previous ? [{ path: 'previous.json', content: previous.bytes }] : []),
  ]
  if (unlisted === 0) return { files }
  const who = unlisted === 1 ? '1 endpoint is' : `${countText(unlisted)} endpoints are`
  return { files, note: `${who} in no group file of an MDM; ${guidePath} of the plan says which, and why.` }
}

/** Judges a wave by a newer scan. Throws a Failure when a document cannot be read, or the plan has no such wave. */
export async function runCheck(
  planPath: string,
  scanPath: string,
  name: string | undefined,
): Promise<{ readonly verdict: VerdictDocument; readonly exit: ExitCode }> {
  if (planPath === '-' && scanPath === '-') throw stdinTwice()
  const { plan, digest } = await readPlan(planPath)
  const reports = new Map<string, EndpointReport>()
  const progress = reading()
  const scan = await readPlanningScan(
    scanPath,
    (endpoint) => reports.set(endpoint.id, reportOf(endpoint)),
    (bytes) => progress.read(scanPath, bytes),
  ).finally(() => progress.end())
  const { asOf } = scan.head
  const newer = { asOf, digest: scan.digest, rules: scan.rules, reports }
  const check = (wave: Wave, openBefore?: string) =>
    checkWave(plan, digest, wave, newer, thresholdsOf(plan), openBefore)
  const verdicts = new Map<Wave, VerdictDocument>()
  const judge = (wave: Wave) => getOrAdd(verdicts, wave, () => check(wave))
  const current = currentWave(plan, asOf, (candidate) => judge(candidate).verdict === 'advance')
  const wave = name === undefined ? current : plan.waves.find((candidate) => candidate.name === name)
  if (!wave)
    throw new Failure(
      name === undefined ? exitCode.inputRefused : exitCode.usage,
      'no-such-wave',
      name === undefined ? 'The plan has no wave that is still to be judged.' : 'The plan has no wave of that name.',
      {
        where: { file: planPath },
        tryThis: [
          plan.waves.length === 0
            ? 'Nothing was to be done when it was made: plan again from a newer scan.'
            : `Its waves: ${plan.waves.map((candidate) => candidate.name).join(', ')}.`,
        ],
      },
    )
  const isBehind =
    current !== undefined &&
    plan.waves.indexOf(current) < plan.waves.indexOf(wave) &&
    judge(current).verdict !== 'advance'
  const verdict = isBehind ? check(wave, current.name) : judge(wave)
  return { verdict, exit: exitOf[verdict.verdict] }
}

const exitOf = { advance: exitCode.ok, hold: exitCode.hold, halt: exitCode.thresholdFailed } as const

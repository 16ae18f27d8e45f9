import { historyFile } from '../history/history-file.js'
import { historyPlace } from '../history/history-folder.js'
import { snapshotHead } from '../history/snapshot-of-scan.js'
import { trendOf } from '../history/trend.js'
import { exitCode, Failure } from '../platform/failure.js'
import { jsonAndFormat } from '../platform/json-and-format.js'
import { safeJson } from '../platform/safe-text.js'
import { writeFileSafely } from '../platform/write-file.js'
import { type LoadedPolicy, loadPolicy } from '../policy/load-policy.js'
import { type OpenedDocuments, openDocuments, type ReadReport, readDocuments } from './documents/read-documents.js'
import { reportFormatOfFile, reportFormats } from './formats/index.js'
import { markdown } from './formats/markdown.js'
import type { ReportFormat, ReportWriter } from './formats/report-format.js'
import { showProgress } from './progress.js'
import { type ReportHistory, readReportHistory } from './report-history.js'
import { policyBeside, policyUsed } from './usual-policy.js'
import { chooseVerdicts } from './view/choose-verdicts.js'
import { makeView } from './view/make-view.js'
import { type ReportDocument, reportDocument } from './view/report-document.js'
import { reportProblems } from './view/report-problems.js'
import type { ReportedDocument, ReportView } from './view/report-view.js'

/** The flags of `fleet report`. */
export interface ReportFlags {
  readonly json?: boolean | undefined
  readonly format?: string | undefined
  readonly output?: string | undefined
  readonly policy?: string | undefined
  readonly history?: string | undefined
  readonly 'no-history'?: boolean | undefined
}

/** What a report is made with besides its documents. */
export interface ReportContext {
  /** The version of this fleet. */
  readonly fleet: string
  readonly notes: (text: string) => void
  /** Whether stdout is a terminal. */
  readonly terminal: boolean
  /** Whether `history` was typed, and does not come from FLEET_HISTORY. */
  readonly typedHistory: boolean
}

/**
 * Reads the documents, writes `--output`, and gives what stdout should show. Throws a Failure that says what to do when the
 * documents cannot be one report.
 */
export async function runReport(
  paths: readonly string[],
  flags: ReportFlags,
  context: ReportContext,
): Promise<Iterable<string>> {
  const format = chosenFormat(flags, context)
  const opened = await openDocuments(paths)
  const writer = await format?.start()
  const read = await readShowing(opened, writer, context)
  const { path } = opened.scan
  const named = flags.policy ?? (await policyBeside(path)) ?? (await policyUsed(read.documents.scan.head.policy))
  const policy = await loadPolicy(named)
  const place = historyPlace(flags, policy)
  const showsTrend = flags.json === true || format?.showsTrend === true
  const history = place && showsTrend ? await readReportHistory(place, { typed: context.typedHistory }) : undefined
  const view = viewOf(read, { policy, history, folder: place?.folder ?? '', fleet: context.fleet })
  if (context.typedHistory && !showsTrend)
    context.notes(`--history is not read: a report as ${format?.id} shows no trend.`)
  if (!flags.json)
    for (const { message, tryThis } of view.problems) context.notes(tryThis ? `${message} ${tryThis}` : message)
  if (writer === undefined || format === undefined) return jsonOf(reportDocument(view))
  if (flags.output === undefined) return await writer.finish(view)
  const inputs = [opened.scan, opened.plan, opened.evidence, ...opened.verdicts].flatMap((document) => document ?? [])
  // Whether or not it is read for this report.
  const kept = historyPlace({ history: flags.history }, policy)
  const neverOver = [
    ...inputs.flatMap(({ input }) => input.file ?? []),
    ...(policy.file === undefined ? [] : [policy.file]),
    ...(kept === undefined ? [] : [historyFile(kept.folder)]),
  ]
  await writeFileSafely(flags.output, await writer.finish(view), { neverOver })
  if (flags.json) return jsonOf(reportDocument(view, { format: format.id, file: flags.output }))
  context.notes(`Wrote ${flags.output} (${format.id}).`)
  return []
}

/** By --format, else by the ending of --output, else for the ticket; undefined where only --json is wanted. */
function chosenFormat({ json, format, output }: ReportFlags, { terminal }: ReportContext): ReportFormat | undefined {
  const named = reportFormats.find(({ id }) => id === format)
  if (json && output === undefined) {
    if (named === undefined) return undefined
    throw jsonAndFormat(named.id, true)
  }
  const byName = output === undefined ? undefined : reportFormatOfFile(output)
  if (named === undefined && output !== undefined && byName === undefined)
    throw new Failure(exitCode.usage, 'format-not-told', 'The ending of --output names no form of report.', {
      where: { file: output },
      tryThis: [
        `Name the form too: --format ${reportFormats.map(({ id }) => id).join(', ')}.`,
        `Or end the name with one of: ${reportFormats.flatMap(({ endings }) => endings.map((ending) => `.${ending}`)).join(', ')}.`,
      ],
    })
  const chosen = named ?? byName ?? markdown
  if (chosen.unfitForTerminal && output === undefined && terminal)
    throw new Failure(
      exitCode.usage,
      'not-for-a-terminal',
      `A report as ${chosen.id} is not to be read on a terminal.`,
      {
        tryThis: [`Write it to a file: --output report.${chosen.endings[0] ?? chosen.id}`],
      },
    )
  return chosen
}

async function readShowing(
  opened: OpenedDocuments,
  writer: ReportWriter | undefined,
  { terminal }: ReportContext,
): Promise<ReadReport> {
  const progress = showProgress({
    title: 'Reading the documents',
    files: 1 + opened.verdicts.length + Number(opened.plan !== undefined) + Number(opened.evidence !== undefined),
    onlyStderr: !terminal,
    terminal: process.stderr.isTTY === true && !process.env.CI,
  })
  return await readDocuments(
    opened,
    (endpoint) => writer?.add(endpoint),
    (file, bytes) => progress.read(file, bytes),
  ).finally(() => progress.end())
}

interface ViewContext {
  readonly policy: LoadedPolicy
  /** Undefined: none is kept, or the report shows no trend. */
  readonly history: ReportHistory | undefined
  readonly folder: string
  readonly fleet: string
}

function viewOf({ documents, named }: ReadReport, { policy, history: found, folder, fleet }: ViewContext): ReportView {
  const { head } = documents.scan
  const { history, problems = [] } = found ?? {}
  const heads = history?.runs.map((run) => run.head) ?? []
  return makeView({
    head,
    fleet,
    organization: policy.policy.organization,
    targetBy: policy.policy.target.by,
    plan: documents.plan?.plan,
    verdicts: chooseVerdicts(documents.verdicts, documents.plan).shown,
    evidence: documents.evidence?.shown,
    // When it is recorded does not matter to a trend.
    trend: history && trendOf(heads, snapshotHead(head, { fleet, recordedAt: head.asOf })),
    documents: [...named, ...historyDocument(folder, heads.at(-1)?.asOf)],
    problems: [
      ...reportProblems({ ...documents, policy: policy.file === undefined ? undefined : policy, history }),
      ...problems,
    ],
  })
}

/** A history without a scan has no day. */
function historyDocument(file: string, asOf: string | undefined): ReportedDocument[] {
  return asOf === undefined ? [] : [{ kind: 'history', file, asOf, digest: undefined }]
}

function jsonOf(document: ReportDocument): string[] {
  return [`${safeJson(document, 2)}\n`]
}

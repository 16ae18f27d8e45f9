import { byText } from '../../platform/by-text.js'
import { exitCode, Failure } from '../../platform/failure.js'
import { readScanInput } from '../../readiness/read-scan.js'
import { EndpointEntry } from '../../readiness/scan-document.js'
import { readPlan, readPlanInput } from '../../waves/read-plan.js'
import { rulesOf, ScanDigest } from '../../waves/scan-digest.js'
import type { ReadDocuments, ReadScan } from '../view/report-problems.js'
import type { ReportedDocument } from '../view/report-view.js'
import { type DocumentKind, type OpenedDocument, openDocument, reported } from './open-document.js'
import { readVerdict } from './read-verdict.js'

/** The documents of a report, recognised and not yet read. */
export interface OpenedDocuments {
  readonly scan: OpenedDocument
  readonly plan?: OpenedDocument | undefined
  readonly evidence?: OpenedDocument | undefined
  readonly verdicts: readonly OpenedDocument[]
}

/** Recognises every document, in any order. Throws a Failure when they cannot be one report. */
export async function openDocuments(paths: readonly string[]): Promise<OpenedDocuments> {
  if (paths.filter((path) => path === '-').length > 1)
    throw new Failure(exitCode.usage, 'stdin-twice', 'Only one of the documents can come from stdin.', {
      tryThis: ['Give the others as files.'],
    })
  const opened: OpenedDocument[] = []
  for (const path of paths) opened.push(await openDocument(path))
  const of = (kind: DocumentKind) => opened.filter((document) => document.kind === kind)
  const [scan, secondScan] = of('scan')
  if (scan === undefined)
    throw new Failure(exitCode.usage, 'no-scan', 'A report needs a scan, and none of these documents is one.', {
      tryThis: ['Give it too: fleet report scan.json plan verdict.json'],
    })
  if (secondScan !== undefined)
    throw new Failure(exitCode.usage, 'two-scans', 'A report is about one scan, and these are several.', {
      where: { file: secondScan.file },
      tryThis: ['Give one of them. What changed between two scans: fleet history diff A B'],
    })
  return {
    scan,
    plan: only(of('plan'), 'plan'),
    evidence: only(of('evidence'), 'evidence document'),
    // The order of the arguments decides nothing.
    verdicts: of('verdict').sort((a, b) => byText(a.file, b.file)),
  }
}

function only(documents: readonly OpenedDocument[], what: string): OpenedDocument | undefined {
  const [first, second] = documents
  if (second === undefined) return first
  throw new Failure(exitCode.usage, 'document-twice', `Only one ${what} can be shown.`, {
    where: { file: second.file },
    tryThis: ['Give the newest one. Verdicts may be several, one for each wave.'],
  })
}

/** All documents as they were read, and how the report names them. */
export interface ReadReport {
  readonly documents: ReadDocuments & { readonly scan: ReadScan }
  readonly named: readonly ReportedDocument[]
}

/**
 * Reads every document once; `visit` gets each endpoint of the scan. Throws a Failure when one is not whole, before `visit`
 * has seen anything where it is not the scan.
 */
export async function readDocuments(
  opened: OpenedDocuments,
  visit: (endpoint: EndpointEntry) => void,
  onRead: (file: string, bytes: number) => void,
): Promise<ReadReport> {
  const plan = opened.plan && (await planOf(opened.plan))
  const verdicts = []
  for (const document of opened.verdicts)
    verdicts.push({ document, verdict: await readVerdict(document.input, document.file) })
  const evidence = opened.evidence && (await evidenceOf(opened.evidence, onRead))
  const scan = await scanOf(opened.scan, visit, onRead)
  const named = [
    await reported(opened.scan, scan.head.asOf),
    ...(opened.plan && plan ? [await reported(opened.plan, plan.plan.asOf, plan.digest)] : []),
    ...(await Promise.all(verdicts.map(({ document, verdict }) => reported(document, verdict.asOf)))),
    ...(opened.evidence && evidence ? [await reported(opened.evidence, evidence.shown.asOf)] : []),
  ]
  return {
    documents: {
      scan,
      plan,
      verdicts: verdicts.map(({ verdict }) => verdict),
      evidence: evidence && { ...evidence, digest: await opened.evidence?.digest() },
    },
    named,
  }
}

/** A plan in its folder is held against the checksums there. */
async function planOf({ path, file, input }: OpenedDocument) {
  return path === file || path === '-' ? await readPlanInput(input, file) : await readPlan(path)
}

/** The schema of evidence is large, and most reports have none. */
async function evidenceOf({ input, file }: OpenedDocument, onRead: (file: string, bytes: number) => void) {
  const { readEvidence } = await import('./read-evidence.js')
  return await readEvidence(input, file, (bytes) => onRead(file, bytes))
}

async function scanOf(
  { input, file }: OpenedDocument,
  visit: (endpoint: EndpointEntry) => void,
  onRead: (file: string, bytes: number) => void,
): Promise<ReadScan> {
  const digest = new ScanDigest(file)
  const head = await readScanInput(input, file, digest.visiting(EndpointEntry, visit), (bytes) => onRead(file, bytes))
  return { head, digest: digest.end(head), rules: rulesOf(head) }
}

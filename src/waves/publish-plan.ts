import { exitCode, Failure } from '../platform/failure.js'
import { withCleanUp } from '../platform/on-signal.js'
import {
  checksumsFile,
  checksumText,
  type FolderKind,
  type FolderStage,
  publishedFolders,
  type StageOptions,
  stageFolder,
} from '../platform/publish-folder.js'
import { changesInFolder, isPlainPath } from '../platform/summed-folder.js'
import type { FileContent } from '../platform/write-file.js'

/** One file of a plan folder. */
export interface PlanFile {
  /** Relative to the folder, with `/`: plain segments of ASCII letters, digits, `.`, `_` and `-`. */
  readonly path: string
  /** A large one piece by piece: it is digested while it is written, and never held whole. */
  readonly content: FileContent
}

const planName = publishedFolders.plan.marker
const changedPaths = (place: string) => changesInFolder(place, { noun: 'plan', schema: 'fleet.plan' })

const planFolder: FolderKind = {
  noun: 'plan',
  // It lists people and machines.
  folderMode: 0o700,
  changes: changedPaths,
  seeChanges(changes) {
    const more = changes.length > 5 ? ` and ${changes.length - 5} more` : ''
    return `see what changed there (${changes.slice(0, 5).join(', ')}${more})`
  },
}

/**
 * Writes the folder of a plan, for its owner alone: the files, of which one is `plan.json`, and `SHA256SUMS` over them.
 * It takes the place of an untouched plan at once; of one that was changed by hand only with `force`. When anything
 * fails, or a signal ends the program, the target is what it was and nothing is left beside it. Throws a Failure: output
 * refused, output failed, busy, or verification failed when the disk does not hold what was written. Errors of a
 * content's own source pass through.
 */
export async function publishPlan(target: string, files: readonly PlanFile[], options: StageOptions): Promise<void> {
  checkPaths(files)
  let stage: FolderStage | undefined
  const write = async () => {
    stage = await stageFolder(target, planFolder, options)
    const sums: { path: string; sum: string }[] = []
    for (const { path, content } of files) sums.push({ path, sum: await stage.write({ path, content, mode: 0o600 }) })
    await stage.write({ path: checksumsFile, content: checksumText(sums), mode: 0o600 })
    await checkWritten(stage.folder)
    await stage.publish()
  }
  await withCleanUp(write, () => stage?.discard())
}

/** Paths are chosen by the program: a wrong one is a fault of it, not of the administrator. */
function checkPaths(files: readonly PlanFile[]): void {
  // Names that differ in case only are one file on macOS and Windows.
  const seen = new Set([checksumsFile.toLowerCase()])
  for (const { path } of files) {
    if (!isPlainPath(path) || seen.has(path.toLowerCase())) throw new Error(`not a path for a plan folder: ${path}`)
    seen.add(path.toLowerCase())
  }
  if (!files.some(({ path }) => path === planName)) throw new Error(`a plan folder needs ${planName}`)
}

async function checkWritten(folder: string): Promise<void> {
  const [changed] = (await changedPaths(folder)) ?? [planName]
  if (changed === undefined) return
  throw new Failure(
    exitCode.verificationFailed,
    'read-back-differs',
    'A file of the plan does not read back as what was meant; nothing was published.',
    { where: { file: changed }, tryThis: ['Check the disk and run again. If it stays so, report a fault of fleet.'] },
  )
}

import { checkScripts } from '../../bundle/check-scripts.js'
import { withCleanUp } from '../../platform/on-signal.js'
import {
  checksumText,
  type FolderKind,
  type FolderStage,
  type StageOptions,
  stageFolder,
} from '../../platform/publish-folder.js'
import { changesInFolder } from '../../platform/summed-folder.js'
import { kitPaths } from './kit-places.js'
import type { KitFile } from './kit-plan.js'

const kitFolder: FolderKind = {
  noun: 'kit',
  folderMode: 0o755,
  changes: (place) => changesInFolder(place, { noun: 'kit', schema: 'fleet.probe-kit' }),
  seeChanges: () => 'see what changed with sha256sum -c SHA256SUMS in it',
}

/**
 * Writes the folder of a kit: every file is written and read back, the shell scripts are looked at by `sh` and
 * `shellcheck` where this machine has them, and only then the folder takes its place. Returns the programs that looked.
 * Throws a Failure, and leaves what was there: output refused, output failed, busy, or verification failed.
 */
export async function publishKit(
  target: string,
  files: readonly KitFile[],
  options: StageOptions,
): Promise<readonly string[]> {
  let stage: FolderStage | undefined
  let readBy: readonly string[] = []
  const write = async () => {
    stage = await stageFolder(target, kitFolder, options)
    const sums: { path: string; sum: string }[] = []
    for (const file of files) sums.push({ path: file.path, sum: await stage.write(file) })
    await stage.write({ path: kitPaths.checksums, content: checksumText(sums), mode: 0o644 })
    readBy = await checkScripts(
      stage.folder,
      files.map(({ path }) => path),
    )
    await stage.publish()
  }
  await withCleanUp(write, () => stage?.discard())
  return readBy
}

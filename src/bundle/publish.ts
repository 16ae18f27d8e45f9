import { Failure } from '../platform/failure.js'
import { type FolderKind, type FolderStage, type StageOptions, stageFolder } from '../platform/publish-folder.js'
import { bundlePaths } from './places.js'
import { verifyBundle } from './verify.js'

/** The stage of a bundle; with secrets in it, it is for its owner alone. */
export interface BundleStage extends Omit<FolderStage, 'publish'> {
  readonly publish: (options: { readonly secrets: boolean }) => Promise<void>
}

const bundleFolder: FolderKind = {
  noun: 'bundle',
  folderMode: 0o755,
  changes: changedPaths,
  seeChanges: () => 'see what changed with fleet settings verify',
}

/**
 * Opens a stage for a target folder. Throws a Failure (output refused) when the target is something else than a bundle,
 * or a bundle that somebody changed, unless `force` is given.
 */
export async function openStage(target: string, options: StageOptions): Promise<BundleStage> {
  const stage = await stageFolder(target, bundleFolder, options)
  return { ...stage, publish: ({ secrets }) => stage.publish({ ownerOnly: secrets }) }
}

async function changedPaths(place: string): Promise<readonly string[] | undefined> {
  try {
    const { differences } = await verifyBundle(place)
    return differences.map(({ path }) => path)
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-a-bundle') return undefined
    if (error instanceof Failure && error.code === 'manifest-damaged') return [bundlePaths.manifest]
    throw error
  }
}

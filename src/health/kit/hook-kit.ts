import { platformNames } from '../../bundle/places.js'
import { fillScriptTemplate } from '../../bundle/scripts/script-template.js'
import { hookConfiguration, hookPlaces, powerShellHook, shellHook } from './hook-files.js'
import { kitPaths } from './kit-places.js'
import type { KitFile, KitPlan } from './kit-plan.js'
import { powerShellFile, shellFile } from './probe-scripts.js'
import { expectedHookConfiguration, readHookConfiguration } from './read-hook-configuration.js'

/** The hook that fleet ships, with its configuration, for each platform; nothing where the policy has no `hooks.guard`. */
export function hookKit(plan: KitPlan): readonly KitFile[] {
  const guard = plan.loaded.policy.hooks?.guard
  if (guard === undefined) return []
  const files = plan.platforms.flatMap((platform): KitFile[] => {
    const about = `The hook for ${platformNames[platform]}: ${hookPlaces[platform].hook}`
    return [
      platform === 'windows'
        ? powerShellFile(kitPaths.hook(platform), powerShellHook(guard.whenUnsure), about)
        : shellFile(kitPaths.hook(platform), shellHook(platform, guard.whenUnsure), about),
      {
        path: kitPaths.hookConfiguration(platform),
        content: hookConfiguration(guard, platform),
        mode: 0o644,
        about: `What it refuses and whom it asks: ${hookPlaces[platform].configuration}`,
        readBack: readHookConfiguration,
        data: expectedHookConfiguration(guard, platform),
      },
    ]
  })
  const page = fillScriptTemplate('hook/README.md', { constants: {}, data: {} })
  return [
    ...files,
    { path: kitPaths.hookPage, content: page, mode: 0o644, about: 'How the hook decides, and what it records' },
  ]
}

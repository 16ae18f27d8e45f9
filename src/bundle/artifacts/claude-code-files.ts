import type { Artifact, BundleFile } from '../artifact.js'
import { claudeCodeSettings } from '../claude-code-settings.js'
import { readJsonText, writeJsonText } from '../formats/json-text.js'
import { bundlePaths, endpointPlaces, platformNames, settingsPlatforms } from '../places.js'
import { settingsMode } from '../plan.js'

/** `managed-settings.json` for each platform, and the same as a drop-in. */
export const claudeCodeFiles: Artifact = {
  id: 'claude-code-files',
  title: 'Claude Code managed settings files',
  files: (plan) =>
    settingsPlatforms.flatMap((platform): BundleFile[] => {
      const data = claudeCodeSettings(plan, { kind: 'file', platform })
      const { settingsFolder } = endpointPlaces[platform]
      const file = { content: writeJsonText(data), ...settingsMode(plan), readBack: readJson, data }
      return [
        {
          path: bundlePaths.settings(platform),
          about: `Claude Code settings for ${platformNames[platform]}: ${settingsFolder}`,
          ...file,
        },
        {
          path: bundlePaths.dropIn(platform),
          about: `The same beside settings of others, from Claude Code 2.1.83 on: ${settingsFolder}`,
          ...file,
        },
      ]
    }),
}

/** What the administrator enters in the admin console, without what that channel cannot carry. */
export const claudeCodeConsole: Artifact = {
  id: 'claude-code-console',
  title: 'Claude Code settings for the admin console',
  files: (plan) => {
    const data = claudeCodeSettings(plan, { kind: 'server' })
    return [
      {
        path: bundlePaths.console,
        content: writeJsonText(data),
        ...settingsMode(plan),
        about: 'Claude Code settings to paste into the admin console (Team and Enterprise)',
        readBack: readJson,
        data,
      },
    ]
  },
}

/** Approved plugins with versions and owners: the settings can pin a marketplace, not a plugin. */
export const approvedPlugins: Artifact = {
  id: 'approved-plugins',
  title: 'Approved plugins',
  files: (plan) => {
    const { plugins } = plan.loaded.policy
    if (plugins === undefined) return []
    for (const { plugin, version } of plugins.approved) {
      const marketplace = plugins.marketplaces.find(({ name }) => plugin.endsWith(`@${name}`))
      const isPinned = marketplace !== undefined && 'ref' in marketplace.source && marketplace.source.ref !== undefined
      if (version !== undefined && !isPinned)
        plan.warn({
          code: 'plugin-not-pinned',
          message: `${plugin} is approved at version ${version}, but its marketplace has no ref: clients take whatever the marketplace offers.`,
        })
    }
    const data = { schema: 'fleet.approved-plugins/v1', plugins: plugins.approved.map((plugin) => ({ ...plugin })) }
    return [
      {
        path: bundlePaths.approvedPlugins,
        content: writeJsonText(data),
        mode: 0o644,
        secret: false,
        about: 'Approved plugins, their versions and who answers for them',
        readBack: readJson,
        data,
      },
    ]
  },
}

function readJson(bytes: Uint8Array): unknown {
  return readJsonText(bytes).value
}

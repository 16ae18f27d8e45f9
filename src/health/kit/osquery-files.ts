import { readJsonText, writeJsonText } from '../../bundle/formats/json-text.js'
import { readYaml, writeYaml } from '../../bundle/formats/yaml-text.js'
import { platformNames } from '../../bundle/places.js'
import { kitPaths, probeName } from './kit-places.js'
import type { KitFile, KitPlan } from './kit-plan.js'
import { lineQuery, osqueryPlatforms, passQuery } from './osquery-queries.js'

/** Fleet's report runs often, since it costs nothing: it reads what the daily job left. */
const reportSeconds = 3600
/** A pack writes to a log that somebody keeps; osquery runs nothing less often than every 604,800 seconds. */
const packSeconds = 21_600

/**
 * Reports (once `queries`) and policies for GitOps, each a list in a file of its own, which fits the old names of keys and
 * the new ones. https://github.com/fleetdm/fleet/blob/main/docs/Configuration/yaml-files.md (looked at 2026-11-21).
 * No text has a `$`, which GitOps would take for a variable of its environment.
 */
export function fleetdmFiles(plan: KitPlan): readonly KitFile[] {
  if (!plan.mdms.includes('fleetdm')) return []
  const reports = plan.jobPlatforms.map((platform) => ({
    name: `${probeName} (${platformNames[platform]})`,
    description: 'The line of the last probe of fleet. Export it, and give the export to fleet scan.',
    query: lineQuery(platform),
    platform: osqueryPlatforms[platform],
    interval: reportSeconds,
    logging: 'snapshot',
    observer_can_run: true,
    automations_enabled: false,
    discard_data: false,
  }))
  const policies = plan.jobPlatforms.map((platform) => ({
    name: `${probeName} (${platformNames[platform]})`,
    description: `A probe of the last ${plan.staleAfterDays} days found nothing wrong with the settings and hooks of Claude. What it could not tell passes: fleet scan shows what is proven.`,
    resolution:
      'Run fleet selftest on the machine, or read its probe line with fleet scan: both say what is wrong. Without a line: run the installer of the probe on it.',
    query: passQuery(platform, plan),
    platform: osqueryPlatforms[platform],
    critical: false,
  }))
  return [
    yamlFile(kitPaths.fleetdmReports, reports, 'Reports for Fleet (GitOps): the line of every host'),
    yamlFile(kitPaths.fleetdmPolicies, policies, 'Policies for Fleet (GitOps): pass only where the line is new and ok'),
  ]
}

function yamlFile(path: string, data: Parameters<typeof writeYaml>[0], about: string): KitFile {
  return {
    path,
    content: writeYaml(data),
    mode: 0o644,
    about,
    readBack: (bytes) => readYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
    data,
  }
}

/** A pack with the same queries: https://osquery.readthedocs.io/en/stable/deployment/configuration/#packs (2026-11-21). */
export function osqueryPack(plan: KitPlan): readonly KitFile[] {
  if (plan.jobPlatforms.length === 0) return []
  const queries = plan.jobPlatforms.map((platform) => [
    `fleet_probe_${platform}`,
    {
      query: lineQuery(platform),
      interval: packSeconds,
      platform: osqueryPlatforms[platform],
      // What a log has lost cannot be known from a difference.
      snapshot: true,
      description: `The line of the last probe of fleet, on ${platformNames[platform]}.`,
    },
  ])
  const data = { queries: Object.fromEntries(queries) as Record<string, never> }
  return [
    {
      path: kitPaths.osqueryPack,
      content: writeJsonText(data),
      mode: 0o644,
      about: 'Pack for osquery without Fleet: the line of every machine',
      readBack: (bytes) => readJsonText(bytes).value,
      data,
    },
  ]
}

import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { company, type Machine } from './company.js'
import { withCuriosities } from './curiosities.js'
import { fleetdmHosts, iruApps, iruDevices, jamfPage, jamfSearch } from './exports.js'
import { intuneApps, intuneDevices } from './exports-intune.js'
import { sampleHistory } from './history.js'
import { intuneProbes, jamfProbes } from './probes.js'
import { Random } from './random.js'
import { acmeArchive } from './telemetry/acme-archive.js'
import { telemetryPolicyText, telemetryReadmeText } from './telemetry/acme-texts.js'
import { historyReadmeText, policyText, probesReadmeText, readmeText } from './texts.js'

/** Writes the sample company into a folder; the bytes are the same each time. */
export function writeSamples(folder: string): void {
  writeFiles(folder, { ...exportsOf(withCuriosities(company())), 'fleet.yaml': policyText, 'README.md': readmeText })
}

/** The exports of one day, by file name; Jamf Pro gives three pages, and the last was forgotten. */
function exportsOf(machines: readonly Machine[], pages = [0, 1]): Record<string, string> {
  const devicesName = `DevicesWithInventory_${new Random('devices export').guid()}.csv`
  const appsName = `AppInvRawData_${new Random('apps export').guid()}.csv`
  return {
    [devicesName]: intuneDevices(machines),
    [appsName]: intuneApps(machines),
    ...Object.fromEntries(pages.map((page) => [`computers-inventory-page-${page}.json`, jamfPage(machines, page)])),
    'jamf-computer-search.csv': jamfSearch(machines),
    'devices.json': iruDevices(machines),
    'installed-apps.csv': iruApps(machines),
    'fleetdm-hosts.json': fleetdmHosts(machines),
  }
}

/** Writes the history that six weekly scans of the sample company have left. */
export async function writeHistorySamples(folder: string): Promise<void> {
  const policyFile = fileURLToPath(new URL('acme/fleet.yaml', import.meta.url))
  const scans = await sampleHistory(withCuriosities(company()), exportsOf, policyFile)
  writeFiles(folder, { 'scans.jsonl': scans, 'README.md': historyReadmeText })
}

/** Writes the exports that carry the probe lines of the sample company: those of a week after the probe was rolled out. */
export function writeProbeSamples(folder: string): void {
  const machines = withCuriosities(company())
  writeFiles(folder, {
    'jamf-fleet-probe.csv': jamfProbes(machines),
    [`DeviceRunStatesByProactiveRemediation_${new Random('remediation export').guid()}.csv`]: intuneProbes(machines),
    'README.md': probesReadmeText,
  })
}

/** Writes the telemetry of the sample company, as the collector of its policy keeps it, with that policy. */
export function writeTelemetrySamples(folder: string): void {
  const archive = acmeArchive()
  writeFiles(folder, {
    'fleet.yaml': telemetryPolicyText,
    'README.md': telemetryReadmeText,
    ...Object.fromEntries(Object.entries(archive).map(([name, text]) => [`archive/${name}`, text])),
  })
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name)
    mkdirSync(dirname(file), { recursive: true })
    if (!name.endsWith('.gz')) writeFileSync(file, text)
    // Versions of zlib pack the same text differently.
    else if (!existsSync(file) || gunzipSync(readFileSync(file)).toString('utf8') !== text)
      writeFileSync(file, gzipSync(text, { level: 9 }))
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeSamples(fileURLToPath(new URL('acme', import.meta.url)))
  writeProbeSamples(fileURLToPath(new URL('acme-probes', import.meta.url)))
  writeTelemetrySamples(fileURLToPath(new URL('acme-telemetry', import.meta.url)))
  await writeHistorySamples(fileURLToPath(new URL('acme-history', import.meta.url)))
}

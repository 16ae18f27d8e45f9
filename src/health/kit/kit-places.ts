import { checksumsFile, publishedFolders } from '../../platform/publish-folder.js'
import type { Mdm } from '../../policy/delivery.js'
import type { ProbePlatform } from '../facts.js'

/** The name of the attribute, column or item that holds the line in every product; `fleet scan` knows it. */
export const probeName = 'Fleet probe'
/** The same as a name of SQL. */
export const probeColumn = 'fleet_probe'

/** Platforms that each product brings the probe to. */
export const platformsOf = {
  'jamf-pro': ['macos'],
  intune: ['macos', 'windows'],
  iru: ['macos'],
  fleetdm: ['macos', 'linux', 'windows'],
  'workspace-one': ['macos', 'windows'],
  'group-policy': ['windows'],
  linux: ['linux'],
} as const satisfies Readonly<Record<Mdm, readonly ProbePlatform[]>>

/** Products that cannot keep what a script prints: there a job runs the probe and keeps its line on the machine. */
export const mdmsWithJob = ['fleetdm', 'workspace-one', 'group-policy', 'linux'] as const satisfies readonly Mdm[]

/** Where the job and its line stand on an endpoint; only administrators can write there. */
export const jobPlaces = {
  macos: {
    probe: '/usr/local/libexec/fleet/probe',
    writer: '/usr/local/libexec/fleet/write-probe-line',
    line: '/var/db/fleet/probe-line',
    propertyList: '/var/db/fleet/probe.plist',
    job: '/Library/LaunchDaemons/fleet.probe.plist',
    label: 'fleet.probe',
  },
  linux: {
    probe: '/usr/local/libexec/fleet/probe',
    writer: '/usr/local/libexec/fleet/write-probe-line',
    line: '/var/lib/fleet/probe-line',
    service: '/etc/systemd/system/fleet-probe.service',
    timer: '/etc/systemd/system/fleet-probe.timer',
    cron: '/etc/cron.d/fleet-probe',
  },
  windows: {
    probe: 'C:\\Program Files\\Fleet\\FleetProbe.ps1',
    writer: 'C:\\Program Files\\Fleet\\Write-FleetProbeLine.ps1',
    // Not a file in ProgramData, where every user may make folders before we do.
    key: 'SOFTWARE\\Fleet\\Probe',
    value: 'Line',
    taskPath: '\\Fleet\\',
    taskName: 'Probe',
  },
} as const

/** Where everything stands inside a kit. */
export const kitPaths = {
  jamfScript: 'jamf-pro/fleet-probe.sh',
  jamfXml: 'jamf-pro/extension-attribute.xml',
  intuneDetect: 'intune/Detect-FleetProbe.ps1',
  intuneRemediate: 'intune/Remediate-FleetProbe.ps1',
  intuneMac: 'intune/fleet-probe.sh',
  iruAudit: 'iru/fleet-probe.sh',
  fleetdmReports: 'fleetdm/fleet-probe.reports.yml',
  fleetdmPolicies: 'fleetdm/fleet-probe.policies.yml',
  osqueryPack: 'osquery/fleet-probe.json',
  probe: (platform: ProbePlatform) =>
    platform === 'windows' ? 'scheduled/windows/FleetProbe.ps1' : `scheduled/${platform}/fleet-probe.sh`,
  writer: (platform: ProbePlatform) =>
    platform === 'windows' ? 'scheduled/windows/Write-FleetProbeLine.ps1' : `scheduled/${platform}/write-probe-line.sh`,
  // Fleet takes a script of one name once, so those of the platforms differ.
  install: (platform: ProbePlatform) =>
    platform === 'windows'
      ? 'scheduled/windows/Install-FleetProbe.ps1'
      : `scheduled/${platform}/install-fleet-probe-${platform}.sh`,
  launchd: 'scheduled/macos/fleet.probe.plist',
  service: 'scheduled/linux/fleet-probe.service',
  timer: 'scheduled/linux/fleet-probe.timer',
  cron: 'scheduled/linux/fleet-probe.cron',
  task: 'scheduled/windows/FleetProbe.xml',
  hook: (platform: ProbePlatform) =>
    platform === 'windows' ? 'hook/windows/fleet-hook.ps1' : `hook/${platform}/fleet-hook.sh`,
  hookConfiguration: (platform: ProbePlatform) => `hook/${platform}/hook.conf`,
  hookPage: 'hook/README.md',
  runBook: (mdm: Mdm) => `run-books/${mdm}.md`,
  readme: 'README.md',
  manifest: publishedFolders.kit.marker,
  checksums: checksumsFile,
} as const

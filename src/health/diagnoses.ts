import type { StageName } from './facts.js'

/** One thing that is wrong, why, and what to do. */
export interface Diagnosis {
  /** Stable code, such as `app-not-restarted`. */
  readonly code: string
  readonly stage: StageName
  readonly title: string
  readonly why: string
  readonly remediation: string
  /** Where the fact behind it is described. */
  readonly source: string
  /** The day of the copy that was read, or of our own observation. */
  readonly checked: string
}

/** Pages and the day of the copy that was read; a copy dated only by its month counts from the first of that month. */
const managedSettings = { source: 'https://code.claude.com/docs/en/managed-settings', checked: '2026-08-22' }
const hooksPage = { source: 'https://code.claude.com/docs/en/hooks', checked: '2026-08-22' }
const monitoring = { source: 'https://code.claude.com/docs/en/monitoring-usage', checked: '2026-08-22' }
const settingsReference = { source: 'https://code.claude.com/docs/en/settings-reference', checked: '2026-08-22' }
const pluginsReference = { source: 'https://code.claude.com/docs/en/plugins-reference', checked: '2026-08-01' }
const serverManaged = { source: 'https://code.claude.com/docs/en/server-managed-settings', checked: '2026-08-22' }
const desktopConfiguration = {
  source: 'https://claude.com/docs/third-party/claude-desktop/configuration',
  checked: '2026-08-18',
}
const releaseNotes = { source: 'https://claude.com/docs/cowork/changelog', checked: '2026-09-05' }
const windowsDeployment = {
  source: 'https://support.claude.com/en/articles/12622703-deploy-claude-desktop-for-windows',
  checked: '2026-07-15',
}
const pluginSnapshots = { source: 'https://github.com/anthropics/claude-code/issues/74609', checked: '2026-07-01' }
const stalePlugins = { source: 'https://github.com/anthropics/claude-code/issues/36700', checked: '2026-09-01' }
const networkConfiguration = { source: 'https://code.claude.com/docs/en/network-config', checked: '2026-08-01' }
const permissionModes = { source: 'https://code.claude.com/docs/en/settings', checked: '2026-10-08' }

type Entry = Omit<Diagnosis, 'code'>

/** Everything that fleet can find wrong with the delivery chain of one machine, in the order of its stages. */
const catalogue = {
  'settings-missing': {
    stage: 'installed',
    title: 'No managed settings of Claude Code on the machine',
    why: 'None of the places that the client reads holds any setting, so nothing of the policy is in force.',
    remediation: 'Assign the profile, registry value or script of the bundle to this endpoint and let it check in.',
    ...managedSettings,
  },
  'settings-dead-path': {
    stage: 'installed',
    title: 'Settings stand where no client reads them',
    why: 'C:\\ProgramData\\ClaudeCode was deprecated in Claude Code 2.1.2 and is not read since 2.1.75.',
    remediation:
      'Deliver the settings to HKLM\\SOFTWARE\\Policies\\ClaudeCode or C:\\Program Files\\ClaudeCode, and remove the old file.',
    ...managedSettings,
  },
  'settings-broken': {
    stage: 'installed',
    title: 'The managed settings cannot be parsed',
    why: 'Claude Code up to 2.1.197 runs without any policy then, and 2.1.260 and newer refuse to start (observed 2026-11-20).',
    remediation: 'Deliver the settings again as fleet settings build writes them; fleet settings lint shows the place.',
    ...managedSettings,
  },
  'settings-outdated': {
    stage: 'installed',
    title: 'The settings are from another version of the policy',
    why: 'Their stamp (fleet.policy) is not that of the policy this endpoint is judged by.',
    remediation: 'Deliver the current bundle, or judge by the policy that is meant to be deployed.',
    ...managedSettings,
  },
  'settings-foreign': {
    stage: 'installed',
    title: 'The managed settings are not from this policy',
    why: 'They carry no stamp (fleet.policy), so somebody else wrote them.',
    remediation: 'Find out who delivers them, and replace them with the bundle.',
    ...managedSettings,
  },
  'hook-missing': {
    stage: 'installed',
    title: 'The file of a required hook is not there',
    why: 'A hook whose command does not exist blocks nothing: the tool runs (observed on five clients, 2026-11-20).',
    remediation: 'Install the file of the hook; with several platforms check that the path fits this one.',
    ...hooksPage,
  },
  'hook-not-executable': {
    stage: 'installed',
    title: 'The file of a required hook cannot be executed',
    why: 'The client cannot start it, and then the tool runs.',
    remediation: 'Set the execute bit for everybody (chmod 755), owned by root.',
    ...hooksPage,
  },
  'hook-writable-by-users': {
    stage: 'installed',
    title: 'A required hook can be changed by users',
    why: 'Whoever can write the file, or a folder above it, decides what the hook does.',
    remediation: 'Give the file and every folder above it to root or Administrators, writable by nobody else.',
    ...hooksPage,
  },
  'credential-missing': {
    stage: 'installed',
    title: 'The credential for telemetry is not on the machine',
    why: 'The helper for headers, or the file it reads, is missing; while the helper fails nothing is exported.',
    remediation: 'Run the header installer of the bundle on this endpoint with the values on its standard input.',
    ...monitoring,
  },
  'plugin-missing': {
    stage: 'installed',
    title: 'A required plugin is not installed for a user',
    why: 'Its entry is missing in installed_plugins.json, so neither its hooks nor its commands exist there.',
    remediation: 'Check that the marketplace can be reached and is allowed, then start Claude Code once as that user.',
    ...pluginsReference,
  },
  'stale-plugin-cache': {
    stage: 'installed',
    title: 'A copy of a plugin is not at the pinned version',
    why: 'The clone of the marketplace or the cache of a user holds another version than the policy pins.',
    remediation:
      'claude plugin marketplace update, then claude plugin update as that user; a version bump in the marketplace is needed for it to be noticed.',
    ...stalePlugins,
  },
  'package-not-registered': {
    stage: 'installed',
    title: 'The Windows package is staged, but registered for nobody',
    why: 'The package lies on the disk and no user can start it; Cowork may miss its virtualization service.',
    remediation:
      'Provision it for the machine: Add-AppxProvisionedPackage -Online -SkipLicense -Regions all, then sign in again.',
    ...windowsDeployment,
  },
  'hooks-disabled': {
    stage: 'loaded',
    title: 'All hooks are switched off by the managed settings',
    why: 'disableAllHooks in the managed settings stops managed hooks too: none is registered (observed 2026-11-20).',
    remediation: 'Remove disableAllHooks from the managed settings.',
    ...settingsReference,
  },
  'sideload-disabled': {
    stage: 'loaded',
    title: 'disableSideloadFlags keeps the plugins of Claude Desktop from loading',
    why: 'From 1.37937.0 (Code) and 1.44121.1 (Cowork on the machine) sessions start without any plugin of the desktop, so without their hooks.',
    remediation: 'Remove disableSideloadFlags, or deliver the hooks by managed settings instead of a plugin.',
    ...releaseNotes,
  },
  'only-managed-hooks': {
    stage: 'loaded',
    title: 'Only managed hooks may run, and there is none',
    why: 'allowManagedHooksOnly switches off the hooks of users and plugins, and the managed settings bring none.',
    remediation: 'Put the required hooks into the managed settings, or remove allowManagedHooksOnly.',
    ...settingsReference,
  },
  'hooks-not-in-settings': {
    stage: 'loaded',
    title: 'The settings in force bring no hook',
    why: 'The source that wins has no hooks, so none of the policy is registered, whatever stands in sources below it.',
    remediation:
      'Deliver the hooks in the source that wins: the text for the admin console cannot name a command for each platform, so leave the console empty, or set managedSourcesBehavior: merge there.',
    ...managedSettings,
  },
  'drop-in-under-server-settings': {
    stage: 'loaded',
    title: 'The drop-in lies under settings of the admin console',
    why: 'The first source with a policy key is used whole: settings from the admin console switch off every file below them.',
    remediation:
      'Put the settings of the drop-in into the admin console, empty the console, or set managedSourcesBehavior: merge there (Claude Code 2.1.242 and newer).',
    ...serverManaged,
  },
  'settings-shadowed': {
    stage: 'loaded',
    title: 'A higher source shadows the settings of the policy',
    why: 'Only the first source with a policy key counts: server, then profile or HKLM, then files, then HKCU.',
    remediation:
      'Deliver the policy in the highest source, or remove the one above; fleet settings explain shows key by key what is in force.',
    ...managedSettings,
  },
  'running-old-version': {
    stage: 'loaded',
    title: 'Claude Desktop still runs an old version',
    why: 'It was started before the installed version was put there.',
    remediation:
      'Quit and start Claude Desktop; autoUpdaterEnforcementHours shortens how long an update may wait (72 hours by default).',
    ...desktopConfiguration,
  },
  'app-not-restarted': {
    stage: 'loaded',
    title: 'Claude Desktop was not restarted since the last change',
    why: 'Policy and plugins are read at launch; it was started before they changed.',
    remediation: 'Quit and start Claude Desktop.',
    ...desktopConfiguration,
  },
  'session-before-change': {
    stage: 'loaded',
    title: 'A session of Claude Code from before the change is still open (old shell)',
    why: 'Changes of telemetry settings need a full restart of the session; an old terminal keeps the old ones.',
    remediation: 'End the sessions (and the terminals they run in) and start them again.',
    ...serverManaged,
  },
  'plugin-snapshot-stale': {
    stage: 'loaded',
    title: 'Cowork sessions hold an old copy of a plugin',
    why: 'Sessions work with the copy below rpm/, which can survive an update and a restart.',
    remediation:
      'Start a new session; where it stays old, remove and add the plugin in the settings of the organisation.',
    ...pluginSnapshots,
  },
  'plugin-name-clash': {
    stage: 'loaded',
    title: 'Two plugins of one name are switched on',
    why: 'enabledPlugins names the required plugin and another one with the same name from another marketplace.',
    remediation: 'Switch the other one off: set it to false in the managed enabledPlugins.',
    ...settingsReference,
  },
  'hooks-dead-on-build': {
    stage: 'loaded',
    title: 'Hooks of plugins do nothing on this build',
    why: 'In Cowork on Windows hooks of plugins are silently skipped below 1.24012.9.',
    remediation: 'Upgrade Claude Desktop to 1.24012.9 or newer.',
    ...releaseNotes,
  },
  'no-invocation-despite-activity': {
    stage: 'invoked',
    title: 'Tools are used, and no hook is invoked',
    why: 'A user used tools after the last change, and the record of the hook has nothing since then.',
    remediation:
      'Run fleet selftest --drill on the machine; check the matcher (fleet settings lint) and that the hook writes its record.',
    ...hooksPage,
  },
  'workspace-moved': {
    stage: 'invoked',
    title: 'Tools are used without hooks, and the trusted folders are gone',
    why: 'Hooks of settings run only in folders that were trusted, and none of those exists any more: the workspace has moved.',
    remediation: 'Open Claude Code in the new folder once and trust it, then look again.',
    ...permissionModes,
  },
  'hook-failing': {
    stage: 'evaluated',
    title: 'The hook runs and fails',
    why: 'Its last invocation ended with an error or ran out of time; the tool runs then, unless the hook is told to deny when it is unsure.',
    remediation: 'Run the hook by hand with a sample event; look at its configuration and its policy endpoint.',
    ...hooksPage,
  },
  'policy-endpoint-refuses-credential': {
    stage: 'evaluated',
    title: 'The policy endpoint refuses the credential of the hook',
    why: 'It answered 401 or 403.',
    remediation: 'Renew the file that hooks.guard.evaluate.authorizationFile names on this endpoint.',
    ...hooksPage,
  },
  'policy-endpoint-proxy': {
    stage: 'evaluated',
    title: 'A proxy stands between the hook and the policy endpoint',
    why: 'It answered 407: the proxy wants a login that the hook does not have.',
    remediation: 'Let the policy endpoint pass the proxy without a login.',
    ...networkConfiguration,
  },
  'policy-endpoint-fails': {
    stage: 'evaluated',
    title: 'The policy endpoint did not answer the hook',
    why: 'No answer, or one that is no success.',
    remediation: 'Check from this endpoint that the policy endpoint can be reached: DNS, firewall, certificate.',
    ...networkConfiguration,
  },
  'collector-refuses-credential': {
    stage: 'recorded',
    title: 'The collector refuses the credential',
    why: 'It answered 401 or 403, so it can be reached and the header is wrong or expired.',
    remediation: 'Renew the headers on this endpoint with the header installer of the bundle.',
    ...monitoring,
  },
  'collector-rejects': {
    stage: 'recorded',
    title: 'The collector rejects the request',
    why: 'It can be reached and answered with an error other than 401, 403 and 407.',
    remediation: 'Check path and protocol: the endpoint is the base address of an OTLP receiver over HTTP.',
    ...monitoring,
  },
  'tls-interception': {
    stage: 'recorded',
    title: 'The certificate of the collector is not trusted: a proxy may be reading along',
    why: 'The chain ends in an authority that is not known here, as behind a TLS-inspecting proxy or with a private authority.',
    remediation:
      'Exempt the collector from inspection, or name the authority in telemetry.certificateAuthority, and deliver its file.',
    ...networkConfiguration,
  },
  'collector-certificate': {
    stage: 'recorded',
    title: 'The TLS connection to the collector fails',
    why: 'Its certificate is expired or for another name, or no common protocol was found.',
    remediation: 'Renew the certificate of the collector for the name in the policy.',
    ...networkConfiguration,
  },
  'collector-proxy': {
    stage: 'recorded',
    title: 'A proxy does not let the collector through',
    why: 'It asks for a login (407) or refuses the connection.',
    remediation: 'Let the collector pass the proxy, or add it to NO_PROXY in the managed environment.',
    ...networkConfiguration,
  },
  'collector-refused': {
    stage: 'recorded',
    title: 'Nothing listens at the address of the collector',
    why: 'The connection was refused.',
    remediation: 'Check the port (4318 for HTTP, 4317 for gRPC) and that the collector runs.',
    ...monitoring,
  },
  'collector-unreachable': {
    stage: 'recorded',
    title: 'The collector does not answer from this network',
    why: 'The connection ran out of time, as behind a firewall that drops it.',
    remediation: 'Open the port of the collector in the firewall; the bundle lists what must be allowed.',
    ...monitoring,
  },
  'collector-name-not-found': {
    stage: 'recorded',
    title: 'The name of the collector is not known here',
    why: 'DNS gives no address for it.',
    remediation: 'Check the name in telemetry.endpoint, and whether it is known only inside a VPN.',
    ...monitoring,
  },
  'collector-header-missing': {
    stage: 'recorded',
    title: 'The headers for the collector cannot be had on this machine',
    why: 'The file with the headers is missing, or this user cannot read it; clients export nothing then.',
    remediation: 'Run the header installer of the bundle, with a group that the users of the machine belong to.',
    ...monitoring,
  },
} as const satisfies Record<string, Entry>

export type DiagnosisCode = keyof typeof catalogue

/** All codes, in the order of the stages. */
export const diagnosisCodes = Object.keys(catalogue) as readonly DiagnosisCode[]

const known: ReadonlySet<string> = new Set(diagnosisCodes)

/** Whether a code of a reason is that of a diagnosis. */
export function isDiagnosis(code: string): code is DiagnosisCode {
  return known.has(code)
}

/** The entry of a code. */
export function diagnosis(code: DiagnosisCode): Diagnosis & { readonly code: DiagnosisCode } {
  return { code, ...catalogue[code] }
}

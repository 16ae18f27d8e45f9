import { execa } from 'execa'
import * as z from 'zod'

const RegistryText = z.object({
  /** `HKLM`, or the SID of the user whose hive it is. */
  hive: z.string(),
  key: z.string(),
  name: z.string(),
  text: z.string(),
})

const Processes = z.array(z.object({ started: z.number(), command: z.string() }))
const Packages = z.array(z.object({ version: z.string(), folder: z.string(), registered: z.boolean() }))

/** What Windows tells at once. */
const QuickAnswer = z.object({
  /** The SID of the one we run as. */
  self: z.string(),
  registry: z.array(RegistryText).max(2000),
  /** Values that are there and cannot be read. */
  unread: z
    .array(RegistryText.omit({ text: true }))
    .max(2000)
    .optional(),
})

/** What only Windows itself can tell, asked for once. */
export const WindowsSnapshot = QuickAnswer.extend({
  /** Undefined where the system did not tell. */
  processes: Processes.optional(),
  packages: Packages.optional(),
})
export type WindowsSnapshot = z.infer<typeof WindowsSnapshot>
export type RegistryText = z.infer<typeof RegistryText>

/** Where Windows keeps the homes of its users, by SID. */
export const profileList = 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'

/** Milliseconds. PowerShell alone may need two seconds to start on a machine that is busy. */
const patience = 8000

/**
 * None of these scripts has run on a real machine yet. They answer in base64, since what a console does to other
 * characters depends on its code page.
 *
 * Texts of the registry are not expanded: a client reads settings as they stand there. Homes are.
 */
const registryScript = `
$ErrorActionPreference = 'Stop'
$registry = New-Object System.Collections.ArrayList
$unread = New-Object System.Collections.ArrayList
$asWritten = [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames
$machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
$users = [Microsoft.Win32.RegistryKey]::OpenBaseKey('Users', 'Registry64')
function Add-Text($base, $hive, $above, $key, $name, $expands) {
  try {
    $open = $base.OpenSubKey($above + $key)
    if ($null -eq $open) { return }
    $text = $open.GetValue($name, $null, $asWritten)
    if ($text -isnot [string]) { return }
    if ($expands) { $text = [Environment]::ExpandEnvironmentVariables($text).TrimEnd([char]92) }
    [void]$registry.Add(@{ hive = $hive; key = $key; name = $name; text = $text })
  } catch { [void]$unread.Add(@{ hive = $hive; key = $key; name = $name }) }
}
$profiles = '${profileList}'
$list = $machine.OpenSubKey($profiles)
if ($null -ne $list) {
  foreach ($id in @($list.GetSubKeyNames() | Select-Object -First 200)) {
    Add-Text $machine 'HKLM' '' "$profiles\\$id" 'ProfileImagePath' $true
    Add-Text $users $id "$id\\" 'SOFTWARE\\Policies\\ClaudeCode' 'Settings' $false
  }
}
Add-Text $machine 'HKLM' '' 'SOFTWARE\\Policies\\ClaudeCode' 'Settings' $false
$self = [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
$result = @{ self = $self; registry = @($registry); unread = @($unread) }
`

const processScript = `
$ErrorActionPreference = 'Stop'
$epoch = New-Object DateTime 1970, 1, 1, 0, 0, 0, ([DateTimeKind]::Utc)
$running = @(Get-CimInstance Win32_Process -Property @('ExecutablePath', 'CommandLine', 'CreationDate'))
$result = @($running | Where-Object { $null -ne $_.CreationDate } | ForEach-Object {
  $command = [string]$_.CommandLine
  if ($_.ExecutablePath) { $command = '"' + $_.ExecutablePath + '" ' + ($command -replace '^(?:"[^"]*"|\\S+)\\s*', '') }
  @{ started = [long][math]::Floor(($_.CreationDate.ToUniversalTime() - $epoch).TotalSeconds); command = $command }
})
`

/**
 * `Get-AppxPackage -AllUsers` needs an administrator; `PackageUserInformation` tells `Installed`, `NotInstalled`, `Staged`
 * or `Paused` (https://learn.microsoft.com/en-us/uwp/api/windows.management.deployment.packageinstallstate, 2026-11-21).
 */
const packageScript = `
$ErrorActionPreference = 'Stop'
$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$administrator = (New-Object Security.Principal.WindowsPrincipal $identity).IsInRole(
  [Security.Principal.WindowsBuiltInRole]::Administrator)
$packages = if ($administrator) { Get-AppxPackage -AllUsers -Name Claude } else { Get-AppxPackage -Name Claude }
$result = @($packages | Where-Object { $null -ne $_ } | ForEach-Object {
  $states = @($_.PackageUserInformation | ForEach-Object { [string]$_.InstallState })
  $registered = (-not $administrator) -or ($states -ccontains 'Installed')
  @{ version = [string]$_.Version; folder = [string]$_.InstallLocation; registered = $registered }
})
`

/** As an argument a list of one stays a list; a pipeline would take it apart. */
const answerAsJson = `
[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $result -Depth 5 -Compress)))
`

/** Asks Windows who we are, and for the texts of its registry. Throws an Error where it does not answer. */
export async function takeSnapshot(): Promise<WindowsSnapshot> {
  return QuickAnswer.parse(await answerOf(registryScript))
}

/** What runs; undefined where Windows does not answer. */
export async function askProcesses(): Promise<WindowsSnapshot['processes']> {
  const processes = Processes.safeParse(await answerOf(processScript).catch(() => undefined)).data
  // Something always runs.
  return processes?.length === 0 ? undefined : processes
}

/** The packages of the name `Claude`; undefined where Windows does not answer. */
export async function askPackages(): Promise<WindowsSnapshot['packages']> {
  return Packages.safeParse(await answerOf(packageScript).catch(() => undefined)).data
}

async function answerOf(script: string): Promise<unknown> {
  return JSON.parse(await runPowerShell(`${script}${answerAsJson}`, {}))
}

/** The program of the system itself: a search path could lead elsewhere. */
const powerShell = () => `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`

/** The modules it came with: a parent process of another edition leaves its own folders here, and they do not load. */
const ownModules = '$env:PSModulePath = "$PSHOME\\Modules"\n'

/** Runs a script that prints base64, and returns the text. Values go in as variables, never into the script. */
export async function runPowerShell(text: string, variables: Readonly<Record<string, string>>): Promise<string> {
  const encoded = Buffer.from(`${ownModules}${text}`, 'utf16le').toString('base64')
  const { stdout } = await execa(powerShell(), ['-NoProfile', '-NonInteractive', '-EncodedCommand', encoded], {
    env: variables,
    stdin: 'ignore',
    stderr: 'ignore',
    timeout: patience,
    maxBuffer: 32 * 1024 * 1024,
    windowsHide: true,
  })
  return Buffer.from(stdout.trim(), 'base64').toString('utf8')
}

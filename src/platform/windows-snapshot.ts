import { execa } from 'execa'
import * as z from 'zod'

const RegistryText = z.object({
  /** `HKLM`, or the SID of the user whose hive it is. */
  hive: z.string(),
  key: z.string(),
  name: z.string(),
  text: z.string(),
})

/** What only Windows itself can tell, asked for once. */
export const WindowsSnapshot = z.object({
  /** The SID of the one we run as. */
  self: z.string(),
  registry: z.array(RegistryText).max(2000),
  /** Undefined where the system did not tell. */
  processes: z.array(z.object({ started: z.number(), command: z.string() })).optional(),
  packages: z.array(z.object({ version: z.string(), folder: z.string(), registered: z.boolean() })).optional(),
})
export type WindowsSnapshot = z.infer<typeof WindowsSnapshot>
export type RegistryText = z.infer<typeof RegistryText>

/** Where Windows keeps the homes of its users, by SID. */
export const profileList = 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'

const patience = 3500

/**
 * Not yet run on a real machine. Answers in base64, since what a console does to other characters depends on its code
 * page. `Get-AppxPackage -AllUsers` needs an administrator; `PackageUserInformation` tells `Installed` or `Staged`
 * (https://learn.microsoft.com/en-us/powershell/module/appx/get-appxpackage, 2026-11-21).
 */
const script = `
$ErrorActionPreference = 'SilentlyContinue'
$epoch = New-Object DateTime 1970, 1, 1, 0, 0, 0, ([DateTimeKind]::Utc)
$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$administrator = (New-Object Security.Principal.WindowsPrincipal $identity).IsInRole(
  [Security.Principal.WindowsBuiltInRole]::Administrator)
$registry = New-Object System.Collections.ArrayList
function Add-Text($hive, $path, $key, $name) {
  $item = Get-Item -LiteralPath "Registry::$path\\$key"
  if ($null -eq $item) { return }
  $text = $item.GetValue($name, $null)
  if ($text -is [string]) { [void]$registry.Add(@{ hive = $hive; key = $key; name = $name; text = $text }) }
}
$profiles = '${profileList}'
foreach ($item in Get-ChildItem -LiteralPath "Registry::HKEY_LOCAL_MACHINE\\$profiles" | Select-Object -First 200) {
  $sid = $item.PSChildName
  Add-Text 'HKLM' 'HKEY_LOCAL_MACHINE' "$profiles\\$sid" 'ProfileImagePath'
  Add-Text $sid "HKEY_USERS\\$sid" 'SOFTWARE\\Policies\\ClaudeCode' 'Settings'
}
Add-Text 'HKLM' 'HKEY_LOCAL_MACHINE' 'SOFTWARE\\Policies\\ClaudeCode' 'Settings'
$result = @{ self = $identity.User.Value; registry = @($registry) }
$running = @(Get-CimInstance Win32_Process -Property ExecutablePath, CommandLine, CreationDate)
if ($running.Count -gt 0) {
  $result.processes = @($running | Where-Object { $null -ne $_.CreationDate } | ForEach-Object {
    $command = [string]$_.CommandLine
    if ($_.ExecutablePath) { $command = '"' + $_.ExecutablePath + '" ' + ($command -replace '^(?:"[^"]*"|\\S+)\\s*', '') }
    @{ started = [math]::Floor(($_.CreationDate.ToUniversalTime() - $epoch).TotalSeconds); command = $command }
  })
}
try {
  $packages = if ($administrator) { Get-AppxPackage -AllUsers -Name Claude -ErrorAction Stop }
    else { Get-AppxPackage -Name Claude -ErrorAction Stop }
  $result.packages = @($packages | Where-Object { $null -ne $_ } | ForEach-Object {
    $states = @($_.PackageUserInformation | ForEach-Object { [string]$_.InstallState })
    $registered = (-not $administrator) -or (@($states -match 'Installed').Count -gt 0)
    @{ version = [string]$_.Version; folder = [string]$_.InstallLocation; registered = $registered }
  })
} catch {}
[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes((ConvertTo-Json $result -Depth 5 -Compress)))
`

/** Asks Windows. Throws an Error where it does not answer. */
export async function takeSnapshot(): Promise<WindowsSnapshot> {
  return WindowsSnapshot.parse(JSON.parse(await runPowerShell(script, {})))
}

/** The program of the system itself: a search path could lead elsewhere. */
const powerShell = () => `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`

/** Runs a script that prints base64, and returns the text. Values go in as variables, never into the script. */
export async function runPowerShell(text: string, variables: Readonly<Record<string, string>>): Promise<string> {
  const encoded = Buffer.from(text, 'utf16le').toString('base64')
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

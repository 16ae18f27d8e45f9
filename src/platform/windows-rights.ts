import { realpath } from 'node:fs/promises'
import * as z from 'zod'
import { runPowerShell } from './windows-snapshot.js'

/**
 * Who may own and change what is started for everybody: SYSTEM, Administrators, TrustedInstaller
 * (https://learn.microsoft.com/en-us/windows-server/identity/ad-ds/manage/understand-security-identifiers, 2026-11-21).
 */
const trusted = ['S-1-5-18', 'S-1-5-32-544', 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464']

/**
 * Not yet run on a real machine. Of a file and its folder every right to change counts, of the folders above only what
 * puts another in the place of one on the way (delete, delete below, change rights, take ownership, everything): Windows
 * lets everybody make new folders below `C:\`. Bits of FileSystemRights
 * (https://learn.microsoft.com/en-us/dotnet/api/system.security.accesscontrol.filesystemrights, 2026-11-21).
 */
const script = `
$ErrorActionPreference = 'Stop'
$trusted = ${trusted.map((id) => `'${id}'`).join(', ')}
$sid = [Security.Principal.SecurityIdentifier]
function Test-Open([string] $path, [int] $rights) {
  $security = Get-Acl -LiteralPath $path
  if ($trusted -notcontains $security.GetOwner($sid).Value) { return $true }
  foreach ($rule in $security.GetAccessRules($true, $true, $sid)) {
    if ($rule.AccessControlType -ne 'Allow' -or $trusted -contains $rule.IdentityReference.Value) { continue }
    if (([int]$rule.PropagationFlags -band 2) -ne 0) { continue }
    if (([int]$rule.FileSystemRights -band $rights) -ne 0) { return $true }
  }
  return $false
}
function Get-Answer([string] $path) {
  try {
    if (Test-Open $path 0x500D0056) { return 'open' }
    $rights = 0x500D0056
    $folder = [IO.Path]::GetDirectoryName($path)
    while ($null -ne $folder) {
      if (Test-Open $folder $rights) { return 'open' }
      $rights = 0x100D0040
      $folder = [IO.Path]::GetDirectoryName($folder)
    }
    return 'closed'
  } catch { return 'unknown' }
}
$answers = @($env:FLEET_LOOK_AT.Split([char]10) | ForEach-Object { Get-Answer $_ })
[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes([string]::Join(',', $answers)))
`

const Answers = z.array(z.enum(['open', 'closed', 'unknown']))

type Answer = boolean | undefined

/**
 * Asks Windows whether others than administrators can change a file or put another in its place; undefined where that is
 * not known. What is asked at the same moment is asked together: PowerShell takes its time to start.
 */
export function windowsRights(
  ask: (paths: readonly string[]) => Promise<readonly Answer[]> = askRights,
): (path: string) => Promise<Answer> {
  let waiting: string[] = []
  let next: Promise<readonly Answer[]> | undefined
  return async (path) => {
    const place = waiting.push(path) - 1
    next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const paths = waiting
      waiting = []
      next = undefined
      return ask(paths)
    })
    return (await next)[place]
  }
}

/** A link is asked about as well as what it leads to: whoever can change either decides what is started. */
async function askRights(paths: readonly string[]): Promise<readonly Answer[]> {
  const places = await Promise.all(paths.map((path) => realpath(path).catch(() => undefined)))
  const asked = [...new Set([...paths, ...places].filter(isPlain))]
  const answers = await answersFor(asked).catch(() => undefined)
  return paths.map((path, index) => {
    const both = [path, places[index]].map((one) => answers?.[asked.indexOf(one ?? '')])
    if (both.includes('open')) return true
    return both.every((answer) => answer === 'closed') ? false : undefined
  })
}

/** Another computer is not asked, and a name with a line end could not be. */
function isPlain(path: string | undefined): path is string {
  return path !== undefined && /^[A-Za-z]:\\[^\p{Cc}]*$/u.test(path)
}

async function answersFor(paths: readonly string[]): Promise<z.infer<typeof Answers>> {
  if (paths.length === 0) return []
  const text = await runPowerShell(script, { FLEET_LOOK_AT: paths.join('\n') })
  return Answers.length(paths.length).parse(text.split(','))
}

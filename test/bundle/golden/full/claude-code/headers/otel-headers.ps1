# Prints the headers that Claude Code sends with its telemetry (the setting otelHeadersHelper): one JSON object.
#
# The client runs this as the person who is logged in, when it starts and about every half hour
# (https://code.claude.com/docs/en/monitoring-usage, 2026-08-22), and sends no telemetry while it fails. So it only reads
# a file, and prints nothing unless that file is one that administrators alone can have written.
# Install-OtelHeaders.ps1 writes it.
#
# Pure ASCII, and cmdlets, operators and properties only, because people may have PowerShell in Constrained Language Mode.
# -ExecutionPolicy Bypass does not help where Group Policy demands signed scripts: sign this one then.

$ErrorActionPreference = 'Stop'
# A client that was started from PowerShell 7 hands its module folders on, and Get-Acl from there does not load here.
$env:PSModulePath = "$PSHOME\Modules"
$file = 'C:\ProgramData\Fleet\otel-headers.json'

function Stop-Helper([string] $Text) {
    Write-Error -Message "otel-headers: $Text" -ErrorAction Continue
    exit 1
}

try { $attributes = "$((Get-Item -LiteralPath $file -Force).Attributes)" }
catch { Stop-Helper 'there is no headers file, or it cannot be seen by this user.' }
if ($attributes -match 'ReparsePoint|Directory') { Stop-Helper 'the headers file is a link or a folder.' }

try { $rights = "$((Get-Acl -LiteralPath $file).Sddl)" }
catch { Stop-Helper 'the rights of the headers file cannot be read.' }
# Owner SYSTEM or Administrators; they have full control (FA), everybody else at most reads (FR).
$expected = '\AO:(?:SY|BA)(?:G:[A-Z0-9-]+?)?D:[A-Z]*(?:\(A;[A-Z]*;FA;;;(?:SY|BA)\)|\(A;[A-Z]*;FR;;;[A-Z0-9-]+\))+\z'
if ($rights -cnotmatch $expected) { Stop-Helper 'others than administrators own the headers file, or can write to it.' }

try { $headers = "$(Get-Content -LiteralPath $file -Raw)".Trim() }
catch { Stop-Helper 'the headers file cannot be read by this user.' }
if ($headers -notmatch '\A\{[\x20-\x7e]*\}\z') { Stop-Helper 'the headers file holds no JSON object.' }
Write-Output $headers
exit 0

#Requires -Version 5.1
<#
.SYNOPSIS
Puts the managed settings of Claude Code into the registry of this machine.

.DESCRIPTION
HKLM\SOFTWARE\Policies\ClaudeCode, value Settings (REG_SZ): the whole JSON on one line. Read by Claude Code in the
terminal, in VS Code and JetBrains, by the Agent SDK, and by local sessions in the Code tab of Claude Desktop, at the
start and about every half hour (https://code.claude.com/docs/en/managed-settings, 2026-08-22). Settings from the admin
console come first: where they carry any policy, clients leave this value aside. Claude Code in WSL reads it only with
wslInheritsWindowsSettings.

Telemetry is set up once, when a client starts: close running sessions after the first run and after each change of it.

The settings are the block of base64 below. Nothing of them is ever part of a command.

.PARAMETER Check
Changes nothing. Ends with 0: in place; 1: differs; 2: cannot tell.

.PARAMETER Remove
Removes the value if it is the one this script writes.

.NOTES
Ends with 0 when done, 1 when it failed.
#>
[CmdletBinding()]
param(
    [switch] $Check,
    [switch] $Remove
)

@@PART power-shell-start.ps1@@
@@PART registry-policy.ps1@@
@@PART claude-code-settings.ps1@@

Stop-InConstrainedLanguage $(if ($Check) { 2 } else { 1 })
try {
    if ($Check -and $Remove) { throw 'give -Check or -Remove, not both' }
    $wanted = Get-Wanted
    $state = Get-State $wanted.Text
    if ($Check) {
        if ($state -eq 'in place') {
            Write-Output ('in place.' + $wanted.Notes)
            exit 0
        }
        Write-Output ('differs: ' + $state + '.' + $wanted.Notes)
        exit 1
    }
    Assert-Administrator
    if ($Remove) {
        if ($state -eq 'not there') {
            Write-Output 'unchanged: not there.'
            exit 0
        }
        if ($state -ne 'in place') { throw 'the value is not the one that this script writes: it is left as it is' }
        Remove-PolicyValue $PolicyKey $ValueName
        Write-Output 'removed.'
        exit 0
    }
    if ($state -eq 'in place') {
        Write-Output ('unchanged.' + $wanted.Notes)
        exit 0
    }
    Set-Settings $wanted.Text
    Write-Output ('installed.' + $wanted.Notes)
    Write-Output 'Start Claude Code again: telemetry is set up when a client starts.'
    exit 0
}
catch {
    Write-Output ('Failed: ' + (Get-Reason $_) + '.')
    if ($Check) { exit 2 }
    exit 1
}

#Requires -Version 5.1
<#
.SYNOPSIS
Puts the probe of fleet on this Windows machine, and a scheduled task that runs it at start and every day.

.DESCRIPTION
The probe only reads. The task writes its one line to the registry. Run it again for a newer probe.

.PARAMETER Check
Changes nothing. Ends with 0: in place; 1: differs; 2: cannot tell.

.PARAMETER Remove
Removes the task, the two scripts and the line.

.NOTES
Ends with 0 when done, 1 when it failed.
#>
param(
    [switch] $Check,
    [switch] $Remove
)

@@PART scripts/power-shell-start.ps1@@
# ---- End of the shared part ----

$ProbeFile = '@@PROBE_FILE@@'
$WriterFile = '@@WRITER_FILE@@'
$LineKey = '@@LINE_KEY@@'
$LineValue = '@@LINE_VALUE@@'
$TaskPath = '@@TASK_PATH@@'
$TaskName = '@@TASK_NAME@@'
$ProbeDigest = '@@PROBE_DIGEST@@'
$Probe = @'
@@PROBE@@
'@
$WriterDigest = '@@WRITER_DIGEST@@'
$Writer = @'
@@WRITER@@
'@
$TaskDigest = '@@TASK_DIGEST@@'
$Task = @'
@@TASK@@
'@

function Assert-NoLink([string] $Path) {
    if (([System.IO.File]::GetAttributes($Path) -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) { throw ($Path + ' is a link') }
}

function Test-Text([string] $Path, [string] $Text) {
    if (-not [System.IO.File]::Exists($Path)) { return $false }
    Assert-NoLink $Path
    return [string]::Equals([System.IO.File]::ReadAllText($Path), $Text, [StringComparison]::Ordinal)
}

# Only administrators can write to Program Files, so the rights of the folder around are the right ones.
function Write-WholeFile([string] $Path, [string] $Text) {
    if (Test-Text $Path $Text) {
        Write-Output ('unchanged: ' + $Path)
        return
    }
    $folder = [System.IO.Path]::GetDirectoryName($Path)
    [void] [System.IO.Directory]::CreateDirectory($folder)
    Assert-NoLink $folder
    $temporary = [System.IO.Path]::Combine($folder, '.fleet-' + [Guid]::NewGuid().ToString('N'))
    try {
        [System.IO.File]::WriteAllBytes($temporary, [System.Text.Encoding]::ASCII.GetBytes($Text))
        # PowerShell makes an empty text of $null, and that is no name for a copy of the old file.
        if ([System.IO.File]::Exists($Path)) { [System.IO.File]::Replace($temporary, $Path, [NullString]::Value) }
        else { [System.IO.File]::Move($temporary, $Path) }
    }
    finally {
        if ([System.IO.File]::Exists($temporary)) { [System.IO.File]::Delete($temporary) }
    }
    Write-Output ('installed: ' + $Path)
}

function Get-Task {
    return Get-ScheduledTask -TaskPath $TaskPath -TaskName $TaskName -ErrorAction SilentlyContinue
}

# The system writes the task anew in its own way, so what it runs is compared, and as whom.
function Test-Task([string] $Xml) {
    $found = Get-Task
    if ($null -eq $found) { return $false }
    $wanted = ([xml] $Xml).Task.Actions.Exec
    $actions = @($found.Actions)
    return ($actions.Count -eq 1 -and $actions[0].Execute -eq $wanted.Command -and $actions[0].Arguments -eq $wanted.Arguments -and
        "$($found.State)" -ne 'Disabled' -and @('SYSTEM', 'S-1-5-18') -contains "$($found.Principal.UserId)")
}

function Remove-Line {
    $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
    try {
        $key = $base.OpenSubKey($LineKey, $true)
        if ($null -eq $key) { return }
        try { $key.DeleteValue($LineValue, $false) }
        finally { $key.Dispose() }
    }
    finally { $base.Dispose() }
}

Stop-InConstrainedLanguage $(if ($Check) { 2 } else { 1 })
try {
    if ($args.Count -gt 0) { throw 'there is no such parameter' }
    if ($Check -and $Remove) { throw 'give either -Check or -Remove' }
    Assert-Administrator
    $probeText = ConvertFrom-Data $Probe $ProbeDigest
    $writerText = ConvertFrom-Data $Writer $WriterDigest
    $taskText = ConvertFrom-Data $Task $TaskDigest
    if ($Check) {
        foreach ($pair in @(@($ProbeFile, $probeText), @($WriterFile, $writerText))) {
            if (-not (Test-Text $pair[0] $pair[1])) {
                Write-Output ('differs: ' + $pair[0])
                exit 1
            }
        }
        if (-not (Test-Task $taskText)) {
            Write-Output 'differs: the scheduled task is not there, or another one.'
            exit 1
        }
        Write-Output 'in place.'
        exit 0
    }
    if ($Remove) {
        if ($null -ne (Get-Task)) { Unregister-ScheduledTask -TaskPath $TaskPath -TaskName $TaskName -Confirm:$false }
        foreach ($path in @($WriterFile, $ProbeFile)) {
            if ([System.IO.File]::Exists($path)) { [System.IO.File]::Delete($path) }
        }
        Remove-Line
        Write-Output 'removed.'
        exit 0
    }
    Write-WholeFile $ProbeFile $probeText
    Write-WholeFile $WriterFile $writerText
    [void] (Register-ScheduledTask -TaskPath $TaskPath -TaskName $TaskName -Xml $taskText -Force)
    Write-Output ('registered: ' + $TaskPath + $TaskName)
    Start-ScheduledTask -TaskPath $TaskPath -TaskName $TaskName
    exit 0
}
catch {
    Write-Output ('Failed: ' + (Get-Reason $_) + '.')
    if ($Check) { exit 2 }
    exit 1
}

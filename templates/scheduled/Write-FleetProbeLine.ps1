#Requires -Version 5.1
# Runs the probe of fleet and keeps its line in the registry, where osquery and people can read it, and only
# administrators can write. The probe only reads; this writes its one line, and nothing else. Meant to be started by the
# Task Scheduler, as SYSTEM. Where the probe gives no line the old one stays: its time tells that it is old.
# Ends with 0 when written, 1 when not.

@@PART scripts/power-shell-start.ps1@@
# ---- End of the shared part ----

$ProbeFile = '@@PROBE_FILE@@'
$LineKey = '@@LINE_KEY@@'
$LineValue = '@@LINE_VALUE@@'

Stop-InConstrainedLanguage 1
try {
    Assert-Administrator
    $powerShell = [System.IO.Path]::Combine([Environment]::SystemDirectory, 'WindowsPowerShell\v1.0\powershell.exe')
    # What a program writes to its error stream would end this script under 'Stop'.
    $ErrorActionPreference = 'Continue'
    $given = @(& $powerShell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $ProbeFile 2>$null)
    $ErrorActionPreference = 'Stop'
    $line = ''
    if ($given.Count -gt 0) { $line = ([string] $given[$given.Count - 1]).Trim() }
    if ($line.Length -gt 1500 -or $line -cnotmatch '\AFH1\|[A-Za-z0-9_.:|=/+-]+\|end\z') {
        throw 'the probe gave no line; the old line stays'
    }
    $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
    try {
        $key = $base.CreateSubKey($LineKey)
        try { $key.SetValue($LineValue, $line, [Microsoft.Win32.RegistryValueKind]::String) }
        finally { $key.Dispose() }
    }
    finally { $base.Dispose() }
    exit 0
}
catch {
    Write-Output ('Failed: ' + (Get-Reason $_) + '.')
    exit 1
}

#Requires -Version 5.1
# Intune remediation, remediation script: puts the managed settings of Claude Code in place.
# Upload together with Detect-ClaudeCodeSettings.ps1 of the same bundle: both hold the same settings.
# Telemetry is set up once, when a client starts: sessions that run now keep what they have.
# Ends with 0 when the settings are in place, 1 when it failed. Prints one line of fixed text.

# ---- Shared by the PowerShell scripts of this bundle ----
# Pure ASCII: Windows PowerShell 5.1 reads a script without byte order mark in the code page of the machine.
# Needs Full Language Mode, for [Convert] and [Microsoft.Win32.RegistryKey]. Under App Control or AppLocker a script that
# is not signed or allowed runs in Constrained Language Mode, where these types are closed: sign it then.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
# The modules this PowerShell came with: a parent process of another edition leaves its own folders here, and they do not load.
$env:PSModulePath = "$PSHOME\Modules"

function Stop-InConstrainedLanguage([int] $Code) {
    if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
        Write-Output 'Failed: this PowerShell runs in Constrained Language Mode. Sign the script, or run it from the management agent.'
        exit $Code
    }
}

function Assert-Administrator {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList $identity
    if (-not $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)) {
        throw 'this needs administrator rights'
    }
}

# A text of this script, or the kind of a system error: never its message, which may quote settings.
function Get-Reason($ErrorRecord) {
    if ($ErrorRecord.Exception -is [System.Management.Automation.RuntimeException] -and $ErrorRecord.Exception.WasThrownFromThrowStatement) {
        return $ErrorRecord.Exception.Message
    }
    return $ErrorRecord.Exception.GetBaseException().GetType().Name
}

function Get-Digest([byte[]] $Bytes) {
    # Also allowed where only validated cryptography is.
    $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    return [BitConverter]::ToString($algorithm.ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant()
}

function ConvertFrom-Data([string] $Text, [string] $Digest) {
    $bytes = [Convert]::FromBase64String($Text)
    if ((Get-Digest $bytes) -cne $Digest) { throw 'the data of this script does not match its digest: the script was changed' }
    return (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false, $true).GetString($bytes)
}

# The 64-bit view, whichever PowerShell runs this.
function Open-Machine {
    return [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
}

# Kind and value as they are stored; $null where there is no such value.
function Get-PolicyValue([string] $Key, [string] $Name) {
    $machine = Open-Machine
    $policy = $machine.OpenSubKey($Key, $false)
    try {
        if ($null -eq $policy -or @($policy.GetValueNames()) -notcontains $Name) { return $null }
        return @{
            Kind  = $policy.GetValueKind($Name)
            Value = $policy.GetValue($Name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
        }
    }
    finally {
        if ($null -ne $policy) { $policy.Close() }
        $machine.Close()
    }
}

function Set-PolicyValue([string] $Key, [string] $Name, $Value, [Microsoft.Win32.RegistryValueKind] $Kind) {
    $machine = Open-Machine
    $policy = $machine.CreateSubKey($Key)
    try {
        $policy.SetValue($Name, $Value, $Kind)
        $policy.Flush()
    }
    finally {
        $policy.Close()
        $machine.Close()
    }
}

function Remove-PolicyValue([string] $Key, [string] $Name) {
    $machine = Open-Machine
    $policy = $machine.OpenSubKey($Key, $true)
    try {
        if ($null -ne $policy) { $policy.DeleteValue($Name, $false) }
    }
    finally {
        if ($null -ne $policy) { $policy.Close() }
        $machine.Close()
    }
}

# Exactly this text: the operators of PowerShell take texts as equal that differ in characters nobody sees.
function Test-SameText([string] $One, [string] $Other) {
    return [string]::Equals($One, $Other, [StringComparison]::Ordinal)
}
# ---- End of the shared part ----

$PolicyKey = 'SOFTWARE\Policies\ClaudeCode'
$ValueName = 'Settings'
$SettingsDigest = '498ff0b5e8174764f53e4f6eec1e31924ff3731c547ab818ff3681b63fbf6b49'
# Where the resource attributes to fill in here stand in the settings; length 0: there are none.
$AttributesStart = 800
$AttributesLength = 184
$Settings = @'
eyJyZXF1aXJlZE1pbmltdW1WZXJzaW9uIjoiMi4xLjI0MCIsInJlcXVpcmVkTWF4aW11bVZlcnNp
b24iOiIyLjkuMCIsImVudiI6eyJDTEFVREVfQ09ERV9FTkFCTEVfVEVMRU1FVFJZIjoiMSIsIk9U
RUxfTUVUUklDU19FWFBPUlRFUiI6Im90bHAiLCJPVEVMX0xPR1NfRVhQT1JURVIiOiJvdGxwIiwi
T1RFTF9UUkFDRVNfRVhQT1JURVIiOiJvdGxwIiwiQ0xBVURFX0NPREVfRU5IQU5DRURfVEVMRU1F
VFJZX0JFVEEiOiIxIiwiT1RFTF9FWFBPUlRFUl9PVExQX1BST1RPQ09MIjoiaHR0cC9wcm90b2J1
ZiIsIk9URUxfRVhQT1JURVJfT1RMUF9FTkRQT0lOVCI6Imh0dHBzOi8vb3RlbC5hY21lLmV4YW1w
bGU6NDMxOCIsIk5PREVfRVhUUkFfQ0FfQ0VSVFMiOiJDOlxcUHJvZ3JhbURhdGFcXEFjbWVcXGNh
LnBlbSIsIk9URUxfTUVUUklDX0VYUE9SVF9JTlRFUlZBTCI6IjEyMDAwMCIsIk9URUxfTE9HU19F
WFBPUlRfSU5URVJWQUwiOiIxMDAwMCIsIk9URUxfVFJBQ0VTX0VYUE9SVF9JTlRFUlZBTCI6IjEw
MDAwIiwiT1RFTF9NRVRSSUNTX0lOQ0xVREVfVkVSU0lPTiI6InRydWUiLCJPVEVMX0xPR19UT09M
X0RFVEFJTFMiOiIxIiwiT1RFTF9MT0dfVVNFUl9QUk9NUFRTIjoiMCIsIk9URUxfTE9HX0FTU0lT
VEFOVF9SRVNQT05TRVMiOiIwIiwiT1RFTF9MT0dfVE9PTF9DT05URU5UIjoiMCIsIk9URUxfTE9H
X1JBV19BUElfQk9ESUVTIjoiMCIsIkVOQUJMRV9CRVRBX1RSQUNJTkdfREVUQUlMRUQiOiIwIiwi
T1RFTF9MT0dfTUFOQUdFRF9TRVRUSU5HUyI6IjEiLCJPVEVMX1JFU09VUkNFX0FUVFJJQlVURVMi
OiJjb3N0LmNlbnRlcj00NzExJTJDJTIwRmllbGQlMjBPcHMlMjAlM0QlMjA1MCUyMCUyNSxlbmRw
b2ludC5ob3N0bmFtZT17e0ZsZWV0SG9zdG5hbWV9fSxlbmRwb2ludC5zZXJpYWw9e3tGbGVldFNl
cmlhbH19LGVudmlyb25tZW50PXByb2QsZmxlZXQucG9saWN5PWQ2OGE4OTgzMjcyZGQ0NTIscmVn
aW9uPVolQzMlQkNyaWNoIn0sIm90ZWxIZWFkZXJzSGVscGVyIjoicG93ZXJzaGVsbC5leGUgLU5v
UHJvZmlsZSAtTm9uSW50ZXJhY3RpdmUgLUV4ZWN1dGlvblBvbGljeSBCeXBhc3MgLUZpbGUgXCJD
OlxcUHJvZ3JhbSBGaWxlc1xcQ2xhdWRlQ29kZVxcb3RlbC1oZWFkZXJzLnBzMVwiIiwicGVybWlz
c2lvbnMiOnsiYWxsb3ciOlsiQmFzaChucG0gcnVuIHRlc3QgKikiXSwiYXNrIjpbIldlYkZldGNo
Il0sImRlbnkiOlsiUmVhZCgvLyoqLy5lbnYpIiwiQmFzaChjdXJsICopIl0sImRpc2FibGVCeXBh
c3NQZXJtaXNzaW9uc01vZGUiOiJkaXNhYmxlIiwiZGlzYWJsZUF1dG9Nb2RlIjoiZGlzYWJsZSIs
ImRlZmF1bHRNb2RlIjoicGxhbiJ9LCJhbGxvd01hbmFnZWRQZXJtaXNzaW9uUnVsZXNPbmx5Ijp0
cnVlLCJob29rcyI6eyJQcmVUb29sVXNlIjpbeyJtYXRjaGVyIjoiKiIsImhvb2tzIjpbeyJ0eXBl
IjoiY29tbWFuZCIsImNvbW1hbmQiOiJcIkM6XFxQcm9ncmFtIEZpbGVzXFxGbGVldFxcZmxlZXQt
aG9vay5leGVcIiIsInRpbWVvdXQiOjIwfV19XSwiU2Vzc2lvblN0YXJ0IjpbeyJob29rcyI6W3si
dHlwZSI6Imh0dHAiLCJ1cmwiOiJodHRwczovL3BvbGljeS5hY21lLmV4YW1wbGUvc2Vzc2lvbiJ9
XX1dfSwiYWxsb3dNYW5hZ2VkSG9va3NPbmx5Ijp0cnVlLCJleHRyYUtub3duTWFya2V0cGxhY2Vz
Ijp7ImFjbWUiOnsic291cmNlIjp7InNvdXJjZSI6ImdpdGh1YiIsInJlcG8iOiJhY21lL2NsYXVk
ZS1wbHVnaW5zIiwicmVmIjoidjIuMS4wIn0sImF1dG9VcGRhdGUiOmZhbHNlfSwidG9vbHMiOnsi
c291cmNlIjp7InNvdXJjZSI6ImdpdCIsInVybCI6Imh0dHBzOi8vZ2l0LmFjbWUuZXhhbXBsZS90
b29scy5naXQifX19LCJzdHJpY3RLbm93bk1hcmtldHBsYWNlcyI6W3sic291cmNlIjoiZ2l0aHVi
IiwicmVwbyI6ImFjbWUvY2xhdWRlLXBsdWdpbnMiLCJyZWYiOiJ2Mi4xLjAifSx7InNvdXJjZSI6
ImdpdCIsInVybCI6Imh0dHBzOi8vZ2l0LmFjbWUuZXhhbXBsZS90b29scy5naXQifV0sImVuYWJs
ZWRQbHVnaW5zIjp7InNhbGVzQGFjbWUiOnRydWV9LCJhbGxvd2VkTWNwU2VydmVycyI6W3sic2Vy
dmVyVXJsIjoiaHR0cHM6Ly9tY3AuYWNtZS5leGFtcGxlLyoifSx7InNlcnZlckNvbW1hbmQiOlsi
bnB4IiwiLXkiLCJAYWNtZS9tY3AiXX1dLCJkZW5pZWRNY3BTZXJ2ZXJzIjpbeyJzZXJ2ZXJOYW1l
IjoidW5zYWZlIn1dLCJhbGxvd01hbmFnZWRNY3BTZXJ2ZXJzT25seSI6dHJ1ZSwiY2xlYW51cFBl
cmlvZERheXMiOjE0LCJjb21wYW55QW5ub3VuY2VtZW50cyI6WyJBc2sgaXRAYWNtZS5leGFtcGxl
IGJlZm9yZSB5b3UgYWRkIGEgc2VydmVyLiJdfQ==
'@

# What firmware, virtual machines and systems without a name say instead of one.
$Fillers = @(
    'DEFAULT', 'DEFAULTSTRING', 'TOBEFILLEDBYO.E.M.', 'TOBEFILLEDBYOEM', 'O.E.M.', 'OEM',
    'SYSTEMSERIALNUMBER', 'CHASSISSERIALNUMBER', 'BASEBOARDSERIALNUMBER', 'SERIALNUMBER',
    'NOTSPECIFIED', 'NOTAPPLICABLE', 'NOTAVAILABLE', 'NOASSETINFORMATION', 'INVALID', 'EMPTY', 'NONE', 'NULL',
    'UNKNOWN', 'NA', 'TBD', 'TEST', 'VMWARE', 'PARALLELS', 'VIRTUALBOX', 'QEMU', '-1',
    '1234567', '12345678', '123456789', '0123456789', '1234567890',
    '03000200-0400-0500-0006-000700080009', '12345678-1234-5678-90AB-CDDEEFAABBCC',
    'FEFEFEFE-FEFE-FEFE-FEFE-FEFEFEFEFEFE',
    'LOCALHOST', 'LOCALHOST.LOCALDOMAIN', 'LOCALHOST.LOCAL'
)

# The text, if it can name one machine and stands in a list of attributes as it is; otherwise an empty one.
function Get-Usable([string] $Text) {
    $value = $Text.Trim()
    if ($value -cnotmatch '\A[A-Za-z0-9._-]{2,64}\z') { return '' }
    $folded = $value.ToUpperInvariant()
    if ($Fillers -ccontains $folded) { return '' }
    # One character over and over: 000000, FFFFFFFF-FFFF, XXXXXXX, ......, 99999.
    if ($folded.Replace('-', '') -cmatch '\A(?:0*|F+|X+|\.+|9{5,})\z') { return '' }
    return $value
}

function Get-Serial {
    try { return Get-Usable ([string] (Get-CimInstance -ClassName Win32_BIOS -Property SerialNumber).SerialNumber) }
    catch { return '' }
}

function Get-HostName {
    try { return Get-Usable ([System.Net.Dns]::GetHostName()) }
    catch { return '' }
}

# The settings for this machine, and what there is to say about them. An attribute without a value is left out: an empty
# one, or the name of its place, would look like a machine.
function Get-Wanted {
    $text = ConvertFrom-Data $Settings $SettingsDigest
    if ($AttributesLength -eq 0) { return @{ Text = $text; Notes = '' } }
    $notes = ''
    $kept = @()
    foreach ($entry in $text.Substring($AttributesStart, $AttributesLength).Split([char] ',')) {
        if ($entry.EndsWith('={{FleetSerial}}', [StringComparison]::Ordinal)) {
            $value = Get-Serial
            if ($value -eq '') { $notes = $notes + ' No usable serial number here: that resource attribute is left out.' }
        }
        elseif ($entry.EndsWith('={{FleetHostname}}', [StringComparison]::Ordinal)) {
            $value = Get-HostName
            if ($value -eq '') { $notes = $notes + ' No usable host name here: that resource attribute is left out.' }
        }
        else {
            $kept += $entry
            continue
        }
        if ($value -ne '') { $kept += $entry.Substring(0, $entry.IndexOf([char] '=') + 1) + $value }
    }
    $before = $text.Substring(0, $AttributesStart)
    $after = $text.Substring($AttributesStart + $AttributesLength)
    return @{ Text = $before + ($kept -join ',') + $after; Notes = $notes }
}

# 'in place', 'not there' or 'other settings'.
function Get-State([string] $Wanted) {
    $present = Get-PolicyValue $PolicyKey $ValueName
    if ($null -eq $present) { return 'not there' }
    $isText = $present.Kind -eq [Microsoft.Win32.RegistryValueKind]::String
    if ($isText -and (Test-SameText $present.Value $Wanted)) { return 'in place' }
    return 'other settings'
}

function Set-Settings([string] $Wanted) {
    Set-PolicyValue $PolicyKey $ValueName $Wanted ([Microsoft.Win32.RegistryValueKind]::String)
    if ((Get-State $Wanted) -ne 'in place') { throw 'the registry does not hold what was written' }
}

Stop-InConstrainedLanguage 1
try {
    $wanted = Get-Wanted
    if ((Get-State $wanted.Text) -eq 'in place') {
        Write-Output ('Claude Code settings: unchanged.' + $wanted.Notes)
        exit 0
    }
    Assert-Administrator
    Set-Settings $wanted.Text
    Write-Output ('Claude Code settings: installed.' + $wanted.Notes)
    exit 0
}
catch {
    Write-Output ('Claude Code settings: failed (' + (Get-Reason $_) + ').')
    exit 1
}

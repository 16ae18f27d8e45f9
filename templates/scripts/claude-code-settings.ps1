
$PolicyKey = 'SOFTWARE\Policies\ClaudeCode'
$ValueName = 'Settings'
$SettingsDigest = '@@SETTINGS_DIGEST@@'
# Where the resource attributes to fill in here stand in the settings; length 0: there are none.
$AttributesStart = @@ATTRIBUTES_START@@
$AttributesLength = @@ATTRIBUTES_LENGTH@@
$Settings = @'
@@SETTINGS@@
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

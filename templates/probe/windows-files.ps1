
# ---- Files, folders and the registry ----
# As SYSTEM, what users wrote is hostile: no link is followed there, sizes are bounded, no other computer is asked, and no
# content leaves this script. What cannot be read is named by a kind; messages of the system are never passed on.

$MostBytes = 1048576
$MostNames = 1000
$Utf8 = [System.Text.UTF8Encoding]::new($false, $false)
$TimeForm = "yyyy-MM-dd'T'HH:mm:ss'Z'"
$AnyCulture = [System.Globalization.CultureInfo]::InvariantCulture

# UTC in whole seconds, as text: such texts are compared character by character. No text is no time.
function ConvertTo-TimeText([DateTime] $Time) {
    return $Time.ToUniversalTime().ToString($TimeForm, $AnyCulture)
}

function Test-Before([string] $One, [string] $Other) {
    return [string]::CompareOrdinal($One, $Other) -lt 0
}

function Get-Later([string] $One, [string] $Other) {
    if (Test-Before $One $Other) { return $Other }
    return $One
}

# What stands at a path: 'file', 'folder', 'link', 'absent' or 'denied'.
function Get-PathKind([string] $Path) {
    try { $attributes = [System.IO.File]::GetAttributes($Path) }
    catch {
        $reason = $_.Exception.GetBaseException()
        if ($reason -is [System.IO.FileNotFoundException] -or $reason -is [System.IO.DirectoryNotFoundException]) { return 'absent' }
        return 'denied'
    }
    if (($attributes -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) { return 'link' }
    if (($attributes -band [System.IO.FileAttributes]::Directory) -ne 0) { return 'folder' }
    if (($attributes -band [System.IO.FileAttributes]::Device) -ne 0) { return 'denied' }
    return 'file'
}

# The same for a path below a folder. As administrator, no folder between the two may be a link.
function Get-KindBelow([string] $Folder, [string] $Below) {
    if ($Administrator) {
        $path = $Folder
        foreach ($part in $Below.Split([char] 92)) {
            if ($path.Length -gt $Folder.Length -and (Get-PathKind $path) -cne 'folder') { return 'absent' }
            $path = $path + '\' + $part
        }
    }
    return Get-PathKind ($Folder + '\' + $Below)
}

# Kind is 'bytes', 'absent', 'denied', 'not a file' or 'too large'. With $OnlyEnd the last $Most bytes of a longer file.
function Read-File([string] $Path, [int] $Most, [bool] $OnlyEnd) {
    Assert-Time
    $kind = Get-PathKind $Path
    if ($kind -ceq 'absent' -or $kind -ceq 'denied') { return @{ Kind = $kind } }
    if ($kind -cne 'file') { return @{ Kind = 'not a file' } }
    $stream = $null
    try {
        # Whoever writes the file goes on writing.
        $share = [System.IO.FileShare] 'ReadWrite, Delete'
        $stream = [System.IO.FileStream]::new($Path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, $share)
        $length = [long] $stream.Length
        if ($length -gt $Most) {
            if (-not $OnlyEnd) { return @{ Kind = 'too large' } }
            [void] $stream.Seek($length - $Most, [System.IO.SeekOrigin]::Begin)
            $length = [long] $Most
        }
        $size = [int] $length
        $bytes = [byte[]]::new($size)
        $filled = 0
        while ($filled -lt $size) {
            $got = $stream.Read($bytes, $filled, $size - $filled)
            if ($got -le 0) { break }
            $filled += $got
        }
        if ($filled -lt $size) {
            $part = [byte[]]::new($filled)
            [System.Array]::Copy($bytes, $part, $filled)
            $bytes = $part
        }
        return @{ Kind = 'bytes'; Bytes = $bytes }
    }
    catch { return @{ Kind = 'denied' } }
    finally {
        if ($null -ne $stream) { $stream.Dispose() }
    }
}

function Read-FileBelow([string] $Folder, [string] $Below, [int] $Most, [bool] $OnlyEnd) {
    $kind = Get-KindBelow $Folder $Below
    if ($kind -ceq 'denied') { return @{ Kind = $kind } }
    if ($kind -cne 'file') { return @{ Kind = 'absent' } }
    return Read-File ($Folder + '\' + $Below) $Most $OnlyEnd
}

# The JSON object in a user's file; $null where there is none.
function Read-ObjectBelow([string] $Folder, [string] $Below) {
    $read = Read-FileBelow $Folder $Below $MostBytes $false
    if ($read['Kind'] -cne 'bytes') { return $null }
    return ConvertFrom-JsonBytes $read['Bytes']
}

# The names in a folder, in order; none where it is no folder or cannot be read.
function Get-Names([string] $Folder) {
    Assert-Time
    $names = [System.Collections.Generic.List[string]]::new()
    if ((Get-PathKind $Folder) -ceq 'folder') {
        try {
            foreach ($path in [System.IO.Directory]::EnumerateFileSystemEntries($Folder)) {
                $name = [System.IO.Path]::GetFileName($path)
                if ($name -cnotmatch '[\x00-\x1f\x7f-\x9f]') { $names.Add($name) }
                if ($names.Count -ge $MostNames) { break }
            }
        }
        catch { $names.Clear() }
    }
    $names.Sort([System.StringComparer]::Ordinal)
    # The comma keeps a list of one name a list.
    return , $names.ToArray()
}

function Get-ModifiedTime([string] $Path) {
    try { return ConvertTo-TimeText ([System.IO.File]::GetLastWriteTimeUtc($Path)) }
    catch { return '' }
}

# When a folder was made; no text where it cannot be seen.
function Get-CreatedTime([string] $Folder) {
    try {
        if (-not [System.IO.Directory]::Exists($Folder)) { return '' }
        return ConvertTo-TimeText ([System.IO.Directory]::GetCreationTimeUtc($Folder))
    }
    catch { return '' }
}

# Kind is 'text', 'other', 'absent' or 'denied'. The 64-bit view, whichever PowerShell runs this.
function Read-Registry([Microsoft.Win32.RegistryHive] $Hive, [string] $KeyName, [string] $ValueName) {
    $base = $null
    $key = $null
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey($Hive, [Microsoft.Win32.RegistryView]::Registry64)
        $key = $base.OpenSubKey($KeyName, $false)
        if ($null -eq $key) { return @{ Kind = 'absent' } }
        $value = $key.GetValue($ValueName, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
        if ($null -eq $value) { return @{ Kind = 'absent' } }
        if ($value -isnot [string]) { return @{ Kind = 'other' } }
        return @{ Kind = 'text'; Text = $value }
    }
    catch { return @{ Kind = 'denied' } }
    finally {
        if ($null -ne $key) { $key.Close() }
        if ($null -ne $base) { $base.Close() }
    }
}

# The names of the keys below a key; none where it is not there.
function Get-RegistryKeys([string] $KeyName) {
    $base = $null
    $key = $null
    $names = @()
    try {
        $base = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
        $key = $base.OpenSubKey($KeyName, $false)
        if ($null -ne $key) { $names = $key.GetSubKeyNames() }
    }
    catch { $names = @() }
    finally {
        if ($null -ne $key) { $key.Close() }
        if ($null -ne $base) { $base.Close() }
    }
    $texts = [string[]] $names
    return , $texts
}

# One version after another: less than 0 where the first is lower.
function Compare-Version([string] $One, [string] $Other) {
    $these = $One.Split([char] 46)
    $those = $Other.Split([char] 46)
    $parts = [Math]::Max($these.Length, $those.Length)
    for ($index = 0; $index -lt $parts; $index++) {
        $left = Get-VersionPart $these $index
        $right = Get-VersionPart $those $index
        if ($left -lt $right) { return -1 }
        if ($left -gt $right) { return 1 }
    }
    return 0
}

function Get-VersionPart([string[]] $Parts, [int] $Index) {
    if ($Index -ge $Parts.Length) { return [long] 0 }
    $found = [System.Text.RegularExpressions.Regex]::Match($Parts[$Index], '\A[0-9]{1,15}')
    if (-not $found.Success) { return [long] 0 }
    return [long]::Parse($found.Value, $AnyCulture)
}

#Requires -Version 5.1
#Requires -PSEdition Desktop
<#
.SYNOPSIS
Puts the headers for telemetry on this Windows machine, with the helper that Claude Code reads them through.

.DESCRIPTION
The client runs the helper as the person who is logged in. Whoever is to send telemetry must be able to read the headers,
and can then see them: use a token that allows nothing but sending, for each machine if the collector can.

The values are read from standard input, never from arguments, which others could list. Give one header on each line,
Name: value, or one JSON object of names and texts. Headers of the policy that are no secret are in this script already;
all others that the policy names must be given.

    Get-Content headers.txt | powershell.exe -NoProfile -File Install-OtelHeaders.ps1 -ReadableBy 'BUILTIN\Users'

.PARAMETER ReadableBy
Who can read the headers: a group or user (DOMAIN\name), a SID, BUILTIN\Users or Everyone (in every language of Windows).

.PARAMETER Check
Changes nothing. Ends with 0: in place; 1: differs; 2: cannot tell. With -ReadableBy, readers are looked at too.

.NOTES
Ends with 0 when done, 1 when it failed. For Windows PowerShell 5.1: files get their rights at the moment they are made,
which later editions do in another way.
#>
# No [CmdletBinding()]: with it, PowerShell would not take the lines of standard input.
param(
    [string] $ReadableBy = '',
    [switch] $Check
)

@@PART power-shell-start.ps1@@
# ---- End of the shared part ----

$lines = @($input)
Stop-InConstrainedLanguage $(if ($Check) { 2 } else { 1 })

$HelperFile = '@@HEADERS_HELPER@@'
$HeadersFile = '@@HEADERS_FILE@@'
$HelperDigest = '@@HELPER_DIGEST@@'
$Helper = @'
@@HELPER@@
'@
$PolicyDigest = '@@POLICY_DIGEST@@'
# Name: value for a header that is no secret, Name: for one that has to be given.
$Policy = @'
@@POLICY@@
'@

$System = New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList 'S-1-5-18'
$Administrators = New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList 'S-1-5-32-544'
$Users = New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList 'S-1-5-32-545'
$Everyone = New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList 'S-1-1-0'

function Get-Reader([string] $Name) {
    if ($Name -eq 'BUILTIN\Users') { return $Users }
    if ($Name -eq 'Everyone') { return $Everyone }
    try {
        if ($Name -match '\AS-1-[0-9-]+\z') {
            return New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList $Name
        }
        $account = New-Object -TypeName System.Security.Principal.NTAccount -ArgumentList $Name
        return $account.Translate([System.Security.Principal.SecurityIdentifier])
    }
    catch { throw 'there is no group or user of the name given with -ReadableBy' }
}

function Add-Header($Headers, [string] $Name, [string] $Value) {
    if ($Name -cnotmatch '\A[A-Za-z0-9!#$%&''*+.^_`|~-]{1,100}\z') { throw 'a header name holds a character that HTTP does not allow' }
    $trimmed = $Value.Trim([char[]] @([char] 32, [char] 9))
    if ($trimmed -eq '') { throw 'a header has no value' }
    if ($trimmed.Length -gt 8192 -or $trimmed -cnotmatch '\A[\x20-\x7e]+\z') { throw 'a header value is not visible ASCII, or is too long' }
    if ($Headers.Contains($Name)) { throw 'a header is given twice' }
    $Headers.Add($Name, $trimmed)
}

# The headers given and those of the policy, as one JSON object. What is given counts first.
function ConvertTo-HeadersJson([string] $Given) {
    $headers = New-Object -TypeName System.Collections.Specialized.OrderedDictionary -ArgumentList ([StringComparer]::OrdinalIgnoreCase)
    if ($Given.TrimStart().StartsWith('{')) {
        try { $object = ConvertFrom-Json -InputObject $Given }
        catch { throw 'the JSON is not one object of names and texts' }
        foreach ($property in $object.PSObject.Properties) {
            if (-not ($property.Value -is [string])) { throw 'the JSON is not one object of names and texts' }
            Add-Header $headers $property.Name $property.Value
        }
    }
    else {
        foreach ($line in ($Given -split '\r?\n')) {
            if ($line.Trim() -eq '') { continue }
            $colon = $line.IndexOf([char] ':')
            if ($colon -lt 0) { throw 'a line is no header: write Name: value' }
            Add-Header $headers $line.Substring(0, $colon) $line.Substring($colon + 1)
        }
    }
    foreach ($line in ((ConvertFrom-Data $Policy $PolicyDigest) -split '\n')) {
        if ($line -eq '') { continue }
        $colon = $line.IndexOf([char] ':')
        $name = $line.Substring(0, $colon)
        if ($headers.Contains($name)) { continue }
        if ($line.Length -eq $colon + 1) { throw ('a header that the policy names is not given: ' + $name) }
        Add-Header $headers $name $line.Substring($colon + 1)
    }
    if ($headers.Count -eq 0) { throw 'no header is given' }
    $members = foreach ($name in $headers.Keys) {
        '"' + $name + '": "' + ([string] $headers[[object] $name]).Replace('\', '\\').Replace('"', '\"') + '"'
    }
    return '{' + (@($members) -join ', ') + '}'
}

function Assert-NoLink([string] $Path) {
    if (([System.IO.File]::GetAttributes($Path) -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) { throw ($Path + ' is a link') }
}

function Test-AdministratorsOwn($Security) {
    $owner = $Security.GetOwner([System.Security.Principal.SecurityIdentifier])
    return ($owner.Equals($System) -or $owner.Equals($Administrators))
}

# Full control for SYSTEM and Administrators, $Rights for one more; nothing inherited.
function Set-OwnRules($Security, $Reader, [System.Security.AccessControl.FileSystemRights] $Rights, [System.Security.AccessControl.InheritanceFlags] $Inherit) {
    $Security.SetAccessRuleProtection($true, $false)
    $Security.SetOwner($Administrators)
    $full = [System.Security.AccessControl.FileSystemRights]::FullControl
    foreach ($pair in @(@($System, $full), @($Administrators, $full), @($Reader, $Rights))) {
        $rule = New-Object -TypeName System.Security.AccessControl.FileSystemAccessRule -ArgumentList $pair[0], $pair[1], $Inherit, ([System.Security.AccessControl.PropagationFlags]::None), ([System.Security.AccessControl.AccessControlType]::Allow)
        $Security.AddAccessRule($rule)
    }
}

function New-FileRules($Reader, [System.Security.AccessControl.FileSystemRights] $Rights) {
    $security = New-Object -TypeName System.Security.AccessControl.FileSecurity
    Set-OwnRules $security $Reader $Rights ([System.Security.AccessControl.InheritanceFlags]::None)
    return $security
}

# Everybody may make folders in ProgramData: one that somebody else made beforehand is refused.
function Initialize-HeadersFolder([string] $Folder, $Reader) {
    $security = New-Object -TypeName System.Security.AccessControl.DirectorySecurity
    $inherit = [System.Security.AccessControl.InheritanceFlags] 'ContainerInherit, ObjectInherit'
    Set-OwnRules $security $Reader ([System.Security.AccessControl.FileSystemRights]::ReadAndExecute) $inherit
    if (-not [System.IO.Directory]::Exists($Folder)) { [void] [System.IO.Directory]::CreateDirectory($Folder, $security) }
    Assert-NoLink $Folder
    if (-not (Test-AdministratorsOwn ([System.IO.Directory]::GetAccessControl($Folder)))) {
        throw ($Folder + ' belongs to somebody else: look at what is in it, then remove it')
    }
    [System.IO.Directory]::SetAccessControl($Folder, $security)
}

# The old file stays whole until the new one is complete beside it, and nobody gains access on the way.
function Write-WholeFile([string] $Path, [byte[]] $Bytes, $Reader, [System.Security.AccessControl.FileSystemRights] $Rights) {
    $exists = [System.IO.File]::Exists($Path)
    if ($exists) { Assert-NoLink $Path }
    $temporary = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($Path), '.fleet-' + [Guid]::NewGuid().ToString('N'))
    try {
        $stream = New-Object -TypeName System.IO.FileStream -ArgumentList $temporary, ([System.IO.FileMode]::CreateNew), ([System.Security.AccessControl.FileSystemRights]::Write), ([System.IO.FileShare]::None), 4096, ([System.IO.FileOptions]::WriteThrough), (New-FileRules $Reader $Rights)
        try {
            $stream.Write($Bytes, 0, $Bytes.Length)
            $stream.Flush($true)
        }
        finally { $stream.Dispose() }
        if ($exists) {
            # Replace keeps the rights of the old file, so that one gets the new rights first.
            [System.IO.File]::SetAccessControl($Path, (New-FileRules $Reader $Rights))
            # PowerShell makes an empty text of $null, and that is no name for a copy of the old file.
            [System.IO.File]::Replace($temporary, $Path, [NullString]::Value)
        }
        else { [System.IO.File]::Move($temporary, $Path) }
    }
    finally {
        if ([System.IO.File]::Exists($temporary)) { [System.IO.File]::Delete($temporary) }
    }
}

# Owner and rights as Write-WholeFile sets them; without a reader, whoever it was chosen to be.
function Test-Rules([string] $Path, $Reader, [System.Security.AccessControl.FileSystemRights] $Rights) {
    $security = [System.IO.File]::GetAccessControl($Path)
    if (-not (Test-AdministratorsOwn $security) -or -not $security.AreAccessRulesProtected) { return $false }
    $wanted = $Rights -bor [System.Security.AccessControl.FileSystemRights]::Synchronize
    $readers = 0
    foreach ($rule in $security.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier])) {
        if ($rule.AccessControlType -ne [System.Security.AccessControl.AccessControlType]::Allow) { return $false }
        $who = $rule.IdentityReference
        if ($who.Equals($System) -or $who.Equals($Administrators)) { continue }
        if ($rule.FileSystemRights -ne $wanted) { return $false }
        if ($null -ne $Reader -and -not $who.Equals($Reader)) { return $false }
        $readers++
    }
    return $readers -eq 1
}

function Test-File([string] $Path, [string] $Text, $Reader, [System.Security.AccessControl.FileSystemRights] $Rights) {
    if (-not [System.IO.File]::Exists($Path)) { return $false }
    Assert-NoLink $Path
    if (-not (Test-Rules $Path $Reader $Rights)) { return $false }
    return [string]::Equals([System.IO.File]::ReadAllText($Path), $Text, [StringComparison]::Ordinal)
}

try {
    if ($args.Count -gt 0) { throw 'there is no such parameter' }
    if (-not $Check -and $ReadableBy -eq '') { throw 'say with -ReadableBy who can read the headers' }
    Assert-Administrator
    $reader = $null
    if ($ReadableBy -ne '') { $reader = Get-Reader $ReadableBy }
    $helperText = ConvertFrom-Data $Helper $HelperDigest
    $read = [System.Security.AccessControl.FileSystemRights]::Read
    $run = [System.Security.AccessControl.FileSystemRights]::ReadAndExecute
    if ($Check) {
        if (-not (Test-File $HelperFile $helperText $Users $run)) {
            Write-Output 'differs: the helper is not there, or not with its content, owner and rights.'
            exit 1
        }
        if (-not [System.IO.File]::Exists($HeadersFile)) {
            Write-Output 'differs: there is no headers file.'
            exit 1
        }
        $present = [System.IO.File]::ReadAllText($HeadersFile)
        try { $json = ConvertTo-HeadersJson $present } catch { $json = '' }
        if (-not (Test-File $HeadersFile ($json + "`n") $reader $read)) {
            Write-Output 'differs: the headers file does not hold the headers of the policy, or not with its owner and rights.'
            exit 1
        }
        Write-Output 'in place.'
        exit 0
    }
    $given = $lines -join "`n"
    # The lines come either through the pipeline or as they are, depending on how this was started.
    if ($given -eq '' -and [Console]::IsInputRedirected) { $given = [Console]::In.ReadToEnd() }
    $text = (ConvertTo-HeadersJson $given) + "`n"
    if ($reader.Equals($Users) -or $reader.Equals($Everyone)) { Write-Output 'Warning: every local user can read these headers.' }
    if (Test-File $HeadersFile $text $reader $read) { Write-Output ('unchanged: ' + $HeadersFile) }
    else {
        Initialize-HeadersFolder ([System.IO.Path]::GetDirectoryName($HeadersFile)) $reader
        Write-WholeFile $HeadersFile ([System.Text.Encoding]::ASCII.GetBytes($text)) $reader $read
        Write-Output ('installed: ' + $HeadersFile)
    }
    # The helper comes last: a client that finds it finds its headers.
    if (Test-File $HelperFile $helperText $Users $run) { Write-Output ('unchanged: ' + $HelperFile) }
    else {
        $folder = [System.IO.Path]::GetDirectoryName($HelperFile)
        [void] [System.IO.Directory]::CreateDirectory($folder)
        Assert-NoLink $folder
        Write-WholeFile $HelperFile ([System.Text.Encoding]::ASCII.GetBytes($helperText)) $Users $run
        Write-Output ('installed: ' + $HelperFile)
    }
    exit 0
}
catch {
    Write-Output ('Failed: ' + (Get-Reason $_) + '.')
    if ($Check) { exit 2 }
    exit 1
}

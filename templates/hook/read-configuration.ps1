
# ---- Configuration ----

# Write and append (of a folder: make files and folders), write extended attributes, delete and delete below, change rights,
# take ownership, everything, generic write.
$RightsToChange = 0x500d0056

# Whether only administrators can change what is there: SYSTEM, Administrators or TrustedInstaller own it, and no rule lets
# anybody else write.
function Test-OwnRules([string] $Path) {
    $sid = [System.Security.Principal.SecurityIdentifier]
    $security = Get-Acl -LiteralPath $Path
    $trusted = @('S-1-5-18', 'S-1-5-32-544', 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464')
    if ($trusted -cnotcontains $security.GetOwner($sid).Value) { return $false }
    foreach ($rule in $security.GetAccessRules($true, $true, $sid)) {
        if ($rule.AccessControlType -ne [System.Security.AccessControl.AccessControlType]::Allow) { continue }
        # Such a rule is for what is made below, not for the folder itself.
        if (($rule.PropagationFlags -band [System.Security.AccessControl.PropagationFlags]::InheritOnly) -ne 0) { continue }
        if ($trusted -ccontains $rule.IdentityReference.Value) { continue }
        if (([int] $rule.FileSystemRights -band $RightsToChange) -ne 0) { return $false }
    }
    return $true
}

# Bytes of a file that only administrators can change, in a folder of the same kind; $null for any other.
function Read-TrustedText([string] $Path) {
    try {
        $folder = [System.IO.Path]::GetDirectoryName($Path)
        foreach ($one in @($Path, $folder)) {
            $attributes = [System.IO.File]::GetAttributes($one)
            if (($attributes -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) { return $null }
        }
        if (-not [System.IO.File]::Exists($Path)) { return $null }
        if (-not (Test-OwnRules $Path) -or -not (Test-OwnRules $folder)) { return $null }
        if ([System.IO.FileInfo]::new($Path).Length -gt 1048576) { return $null }
        return $Latin.GetString([System.IO.File]::ReadAllBytes($Path))
    }
    catch { return $null }
}

# A whole number from 1 on; 0 for anything else.
function ConvertTo-Whole([string] $Text, [int] $Most) {
    if ($Text -cnotmatch '\A[1-9][0-9]{0,2}\z') { return 0 }
    $number = [int]::Parse($Text, $AnyCulture)
    if ($number -gt $Most) { return 0 }
    return $number
}

function Test-Address([string] $Text) {
    if ($Text.Length -gt 600 -or $Text -cnotmatch '\A[!#-\[\]-~]+\z') { return $false }
    return $Text -cmatch '\Ahttps://[^/]' -or $Text -cmatch '\Ahttp://(?:localhost|127\.[0-9]+\.[0-9]+\.[0-9]+|\[::1\])(?::[0-9]+)?(?:/|\z)'
}

# What the configuration says; $null where it cannot be read, or a line of it is not understood.
function Read-Configuration([string] $Path) {
    $text = Read-TrustedText $Path
    if ($null -eq $text) { return $null }
    $said = @{ Unsure = ''; Keep = 100; Timeout = 5; Address = ''; Authorization = ''; Rules = [System.Collections.ArrayList]::new() }
    $given = @{}
    foreach ($whole in $text.Split([char] 10)) {
        $line = $whole
        if ($line.EndsWith("`r", [System.StringComparison]::Ordinal)) { $line = $line.Substring(0, $line.Length - 1) }
        if ($line -ceq '' -or $line.StartsWith('#', [System.StringComparison]::Ordinal)) { continue }
        $blank = $line.IndexOf([char] 32)
        if ($blank -lt 1) { return $null }
        $key = $line.Substring(0, $blank)
        $value = $line.Substring($blank + 1)
        if ($key -ceq 'deny') {
            $rule = [System.Text.RegularExpressions.Regex]::Match($value, '\A([A-Za-z0-9_.-]+\*?|\*)(?: ([ -~]+))?\z')
            if (-not $rule.Success) { return $null }
            [void] $said['Rules'].Add(@{ Tool = $rule.Groups[1].Value; Words = $rule.Groups[2].Value })
            continue
        }
        if ($given.ContainsKey($key)) { return $null }
        $given[$key] = $true
        if ($key -ceq 'unsure' -and $value -cmatch '\A(?:allow|deny)\z') { $said['Unsure'] = $value }
        elseif ($key -ceq 'keep' -and (ConvertTo-Whole $value 500) -gt 0) { $said['Keep'] = ConvertTo-Whole $value 500 }
        elseif ($key -ceq 'timeout' -and (ConvertTo-Whole $value 60) -gt 0) { $said['Timeout'] = ConvertTo-Whole $value 60 }
        elseif ($key -ceq 'evaluate' -and (Test-Address $value)) { $said['Address'] = $value }
        elseif ($key -ceq 'authorization-file' -and $value -cmatch '\A[A-Za-z]:\\[A-Za-z0-9._\\ -]+\z') { $said['Authorization'] = $value }
        else { return $null }
    }
    if ($said['Unsure'] -ceq '') { return $null }
    return $said
}


# ---- Files that the settings start ----

# Where a link leads; no text after five of them, or where that cannot be told.
function Resolve-Link([string] $Path) {
    $at = $Path.Replace('/', '\')
    for ($step = 0; $step -le 5; $step++) {
        # No other computer is asked.
        if ($at -cnotmatch '\A[A-Za-z]:\\') { return '' }
        if ((Get-PathKind $at) -cne 'link') { return $at }
        $target = ''
        try {
            $item = Get-Item -LiteralPath $at -Force
            foreach ($one in @($item.Target)) {
                if ($one -is [string] -and $target -ceq '') { $target = $one }
            }
        }
        catch { return '' }
        if ($target -ceq '') { return '' }
        if (-not [System.IO.Path]::IsPathRooted($target)) { $target = [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($at), $target) }
        $at = $target
    }
    return ''
}

# SYSTEM, Administrators and TrustedInstaller: nobody else may own or change what is started for everybody.
$TrustedIds = @('S-1-5-18', 'S-1-5-32-544', 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464')
# Write and append (of a folder: make files and folders), write extended attributes, delete and delete below, change rights,
# take ownership, everything, generic write.
$RightsToChange = 0x500d0056
# What puts another folder in the place of one on the way: delete and delete below, change rights, take ownership,
# everything. Making new ones beside it does not, and Windows lets everybody do that below C:\.
$RightsToReplace = 0x100d0040

# Whether somebody else owns what is there, or has one of some rights. Throws where that cannot be read.
function Test-OpenToOthers([string] $Path, [int] $Rights) {
    $sid = [System.Security.Principal.SecurityIdentifier]
    $security = Get-Acl -LiteralPath $Path
    if ($TrustedIds -cnotcontains $security.GetOwner($sid).Value) { return $true }
    foreach ($rule in $security.GetAccessRules($true, $true, $sid)) {
        if ($rule.AccessControlType -ne [System.Security.AccessControl.AccessControlType]::Allow) { continue }
        # Such a rule is for what is made below, not for the folder itself.
        if (($rule.PropagationFlags -band [System.Security.AccessControl.PropagationFlags]::InheritOnly) -ne 0) { continue }
        if ($TrustedIds -ccontains $rule.IdentityReference.Value) { continue }
        if (([int] $rule.FileSystemRights -band $Rights) -ne 0) { return $true }
    }
    return $false
}

# '' where only administrators can change a file or put another in its place, else 'writable' or 'unread'.
function Get-RightsProblem([string] $File) {
    try {
        if (Test-OpenToOthers $File $RightsToChange) { return 'writable' }
        $rights = $RightsToChange
        $folder = [System.IO.Path]::GetDirectoryName($File)
        while ($null -ne $folder) {
            Assert-Time
            # A link on the way leads past these folders.
            if ((Get-PathKind $folder) -cne 'folder') { return 'unread' }
            if (Test-OpenToOthers $folder $rights) { return 'writable' }
            $rights = $RightsToReplace
            $folder = [System.IO.Path]::GetDirectoryName($folder)
        }
    }
    catch { return 'unread' }
    return ''
}

# The problem with the file of a hook: '', 'missing', 'not-executable', 'writable' or 'unread'.
function Get-HookProblem([string] $Path) {
    $file = Resolve-Link $Path
    if ($file -ceq '') { return 'unread' }
    $kind = Get-PathKind $file
    if ($kind -ceq 'absent') { return 'missing' }
    if ($kind -ceq 'denied') { return 'unread' }
    if ($kind -cne 'file') { return 'not-executable' }
    $problem = Get-RightsProblem $file
    # Whoever can change the link decides what is started.
    if ($problem -ceq '' -and (Get-PathKind $Path) -ceq 'link') { $problem = Get-RightsProblem $Path }
    return $problem
}

function Set-HookFacts {
    $problems = [System.Collections.Generic.List[string]]::new()
    $good = 0
    $changed = ''
    foreach ($path in $Wanted['hook']) {
        Assert-Time
        $problem = Get-HookProblem $path
        if ($problem -ceq '') { $good++ }
        else { $problems.Add($problem) }
        $file = Resolve-Link $path
        if ($file -cne '' -and @('file', 'folder') -ccontains (Get-PathKind $file)) { $changed = Get-Later $changed (Get-ModifiedTime $file) }
    }
    Set-Fact 'hooks' (ConvertTo-Ratio $good ($Wanted['hook'].Count))
    Set-Fact 'hookbad' (ConvertTo-List @('missing', 'not-executable', 'writable', 'unread') ($problems.ToArray()))
    Set-Fact 'hookt' $changed
}

function Set-CredentialFact($Known, $Words) {
    if ($Wanted['helper'] -ceq '') {
        Set-Fact 'cred' 'not-needed'
        return
    }
    if (-not $Known) { return }
    $helper = $Words['otelHeadersHelper']
    if ($helper -isnot [string] -or $helper.Length -eq 0) {
        Set-Fact 'cred' 'not-needed'
        return
    }
    $kind = Get-PathKind (Resolve-OrSame $Wanted['helper'])
    if ($kind -ceq 'absent' -or $kind -ceq 'folder') { Set-Fact 'cred' 'no-helper' }
    elseif ($kind -ceq 'file') {
        $kind = Get-PathKind (Resolve-OrSame $Wanted['headers'])
        if ($kind -ceq 'absent') { Set-Fact 'cred' 'no-file' }
        elseif ($kind -ceq 'file' -or $kind -ceq 'folder') { Set-Fact 'cred' 'ok' }
    }
}

function Resolve-OrSame([string] $Path) {
    $file = Resolve-Link $Path
    if ($file -ceq '') { return $Path }
    return $file
}

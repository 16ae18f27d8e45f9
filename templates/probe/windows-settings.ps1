
# ---- Settings of Claude Code, and what they start ----

# 'empty', 'plain', 'broken', or the stamp in the resource attributes. $Object is $null where there is no JSON object.
function Get-SettingsState($Object) {
    if (-not (Test-Object $Object)) { return 'broken' }
    if ($Object.get_Count() -eq 0) { return 'empty' }
    $variables = $Object['env']
    if (Test-Object $variables) {
        $attributes = $variables['OTEL_RESOURCE_ATTRIBUTES']
        if ($attributes -is [string]) {
            $found = [System.Text.RegularExpressions.Regex]::Match($attributes, 'fleet\.policy=([0-9a-f]{16})')
            if ($found.Success) { return $found.Groups[1].Value }
        }
    }
    return 'plain'
}

function New-Source([string] $Place, [string] $State, $Object, $Bytes) {
    return @{ Place = $Place; State = $State; Object = $Object; Bytes = $Bytes }
}

function New-SourceOfBytes([string] $Place, [byte[]] $Bytes) {
    $object = ConvertFrom-JsonBytes $Bytes
    return New-Source $Place (Get-SettingsState $object) $object $Bytes
}

# A file that belongs to the machine; $null where it is not there.
function Get-MachineSource([string] $Place, [string] $Path) {
    $read = Read-File $Path $MostBytes $false
    if ($read['Kind'] -ceq 'absent') { return $null }
    if ($read['Kind'] -cne 'bytes') { return New-Source $Place 'unread' $null $null }
    return New-SourceOfBytes $Place $read['Bytes']
}

# A registry value; $null where there is no text.
function Get-RegistrySource([string] $Place, [Microsoft.Win32.RegistryHive] $Hive, [string] $KeyName) {
    $read = Read-Registry $Hive $KeyName 'Settings'
    if ($read['Kind'] -ceq 'denied') { return New-Source $Place 'unread' $null $null }
    if ($read['Kind'] -cne 'text') { return $null }
    $bytes = $Utf8.GetBytes($read['Text'])
    return New-SourceOfBytes $Place $bytes
}

# What the admin console has sent: of the first user who has something. A user wrote it last, so it is read as his file.
function Get-ServerSource($Users) {
    foreach ($user in $Users) {
        $read = Read-FileBelow $user['Folder'] '.claude\remote-settings.json' $MostBytes $false
        if ($read['Kind'] -cne 'bytes') { continue }
        $source = New-SourceOfBytes 'server' $read['Bytes']
        if ($source['State'] -cne 'empty') { return $source }
    }
    return $null
}

# Only hives that are loaded: those of people who are logged in.
function Get-UserRegistrySource($Users) {
    foreach ($user in $Users) {
        $source = Get-RegistrySource 'hkcu' ([Microsoft.Win32.RegistryHive]::Users) ($user['Id'] + '\SOFTWARE\Policies\ClaudeCode')
        if ($null -ne $source) { return $source }
    }
    return $null
}

# All that stands in one place: the first stamp tells its state, else the worst does.
function Get-PlaceState($Sources) {
    foreach ($source in $Sources) {
        if ($source['State'] -cmatch '\A[0-9a-f]{16}\z') { return $source['State'] }
    }
    foreach ($state in @('unread', 'broken', 'plain', 'empty')) {
        foreach ($source in $Sources) {
            if ($source['State'] -ceq $state) { return $state }
        }
    }
    return ''
}

# Everything that is there, highest rank first, and the newest change that can be told.
function Get-Settings($Users) {
    $folder = 'C:\Program Files\ClaudeCode'
    $sources = [System.Collections.ArrayList]::new()
    $changed = ''

    $server = Get-ServerSource $Users
    if ($null -ne $server) { [void] $sources.Add($server) }

    $registry = Get-RegistrySource 'hklm' ([Microsoft.Win32.RegistryHive]::LocalMachine) 'SOFTWARE\Policies\ClaudeCode'
    if ($null -ne $registry) { [void] $sources.Add($registry) }

    $path = $folder + '\managed-settings.json'
    $file = Get-MachineSource 'file' $path
    if ($null -ne $file) {
        [void] $sources.Add($file)
        $changed = Get-Later $changed (Get-ModifiedTime $path)
    }

    $dropIns = $folder + '\managed-settings.d'
    $kind = Get-PathKind $dropIns
    if ($kind -ceq 'denied' -or $kind -ceq 'link') { [void] $sources.Add((New-Source 'dropin' 'unread' $null $null)) }
    foreach ($name in (Get-Names $dropIns)) {
        if ($name.StartsWith('.', [System.StringComparison]::Ordinal)) { continue }
        if (-not $name.EndsWith('.json', [System.StringComparison]::Ordinal)) { continue }
        $path = $dropIns + '\' + $name
        $dropIn = Get-MachineSource 'dropin' $path
        if ($null -eq $dropIn) { continue }
        [void] $sources.Add($dropIn)
        $changed = Get-Later $changed (Get-ModifiedTime $path)
    }

    $personal = Get-UserRegistrySource $Users
    if ($null -ne $personal) { [void] $sources.Add($personal) }

    $dead = Get-MachineSource 'dead' 'C:\ProgramData\ClaudeCode\managed-settings.json'
    if ($null -ne $dead) { [void] $sources.Add($dead) }

    # The registry tells no time of change.
    if ($null -ne $registry) { $changed = '' }
    return @{ Sources = $sources; Changed = $changed; HasRegistry = ($null -ne $registry) }
}

# Each place once with its state, in order of rank.
function Get-Places($Sources) {
    $places = [System.Collections.ArrayList]::new()
    foreach ($place in @('server', 'hklm', 'file', 'dropin', 'hkcu', 'dead')) {
        $members = [System.Collections.ArrayList]::new()
        foreach ($source in $Sources) {
            if ($source['Place'] -ceq $place) { [void] $members.Add($source) }
        }
        if ($members.Count -eq 0) { continue }
        [void] $places.Add(@{ Place = $place; State = (Get-PlaceState $members); Members = $members })
    }
    return , $places
}

# The first place that is neither empty nor dead; $null without one.
function Get-Winner($Places) {
    foreach ($place in $Places) {
        if ($place['Place'] -cne 'dead' -and $place['State'] -cne 'empty') { return $place }
    }
    return $null
}

# What the winner says: in the tier of files, the file and then the drop-ins. Known is false where one of them cannot be
# understood. A later value replaces an earlier one; the members of hooks and enabledPlugins add up.
function Get-WinnerWords($Winner, $Sources) {
    $words = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)
    $known = $true
    if ($null -ne $Winner) {
        $isFileTier = ($Winner['Place'] -ceq 'file' -or $Winner['Place'] -ceq 'dropin')
        foreach ($source in $Sources) {
            $isSameTier = ($isFileTier -and ($source['Place'] -ceq 'file' -or $source['Place'] -ceq 'dropin'))
            if (-not $isSameTier -and $source['Place'] -cne $Winner['Place']) { continue }
            if (-not (Test-Object $source['Object'])) {
                $known = $false
                continue
            }
            Add-Words $words $source['Object']
        }
    }
    return @{ Words = $words; Known = $known }
}

function Add-Words($Words, $More) {
    foreach ($name in @($More.get_Keys())) {
        $value = $More[$name]
        $addsUp = ((Test-Same $name 'hooks') -or (Test-Same $name 'enabledPlugins'))
        if (-not $addsUp -or -not (Test-Object $Words[$name])) {
            $Words[$name] = $value
            continue
        }
        if (-not (Test-Object $value)) { continue }
        foreach ($member in @($value.get_Keys())) { $Words[$name][$member] = $value[$member] }
    }
}

# The bytes of the winner; $null where they cannot be read.
function Get-WinnerDigest($Winner) {
    $all = [System.IO.MemoryStream]::new()
    foreach ($member in $Winner['Members']) {
        $bytes = $member['Bytes']
        if ($null -eq $bytes) { return '' }
        $all.Write($bytes, 0, $bytes.Length)
    }
    $digest = Get-Digest ($all.ToArray())
    return $digest.Substring(0, 16)
}

# What keeps hooks from running, by what the winner says.
function Get-Blockers($Words) {
    $blockers = [System.Collections.Generic.List[string]]::new()
    if (Test-True $Words['disableAllHooks']) { $blockers.Add('all-off') }
    if (Test-True $Words['disableSideloadFlags']) { $blockers.Add('sideload') }
    if ($Wanted['wantsHooks'] -and (Test-True $Words['allowManagedHooksOnly'])) {
        $hooks = $Words['hooks']
        if (-not (Test-Object $hooks) -or $hooks.get_Count() -eq 0) { $blockers.Add('only-managed') }
    }
    return , $blockers.ToArray()
}

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

# Whether Users, Everyone or Authenticated Users may change what is there. Throws where the rules cannot be read.
function Test-WritableByUsers([string] $Path) {
    $security = Get-Acl -LiteralPath $Path
    foreach ($rule in $security.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier])) {
        if ($rule.AccessControlType -ne [System.Security.AccessControl.AccessControlType]::Allow) { continue }
        # Such a rule is for what is made below, not for the folder itself.
        if (($rule.PropagationFlags -band [System.Security.AccessControl.PropagationFlags]::InheritOnly) -ne 0) { continue }
        if (@('S-1-1-0', 'S-1-5-32-545', 'S-1-5-11') -cnotcontains $rule.IdentityReference.Value) { continue }
        if (([int] $rule.FileSystemRights -band $RightsToChange) -ne 0) { return $true }
    }
    return $false
}

# Write and append (of a folder: make files and folders), write extended attributes, delete and delete below, change rights,
# take ownership, everything, generic write.
$RightsToChange = 0x500d0056

# The problem with the file of a hook: '', 'missing', 'not-executable', 'writable' or 'unread'.
function Get-HookProblem([string] $Path) {
    $file = Resolve-Link $Path
    if ($file -ceq '') { return 'unread' }
    $kind = Get-PathKind $file
    if ($kind -ceq 'absent') { return 'missing' }
    if ($kind -ceq 'denied') { return 'unread' }
    if ($kind -cne 'file') { return 'not-executable' }
    try {
        if (Test-WritableByUsers $file) { return 'writable' }
        if (Test-WritableByUsers ([System.IO.Path]::GetDirectoryName($file))) { return 'writable' }
    }
    catch { return 'unread' }
    return ''
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

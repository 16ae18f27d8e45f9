
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
    return @{ Sources = $sources; Changed = $changed }
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

# Whether settings stand where no time tells when they changed: the registry, or the cache of the admin console.
function Test-Undated($Places) {
    foreach ($place in $Places) {
        if (@('server', 'hklm', 'hkcu') -ccontains $place['Place'] -and $place['State'] -cne 'empty') { return $true }
    }
    return $false
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

function Test-Hooks($Words) {
    $hooks = $Words['hooks']
    return ((Test-Object $hooks) -and $hooks.get_Count() -gt 0)
}

# Whether no hook comes with the settings: none with what the winner says, and where it merges, none with any place but
# hkcu and dead. What cannot be read there may have some.
function Test-NoHooks($Words, $Sources) {
    if (Test-Hooks $Words) { return $false }
    if (-not (Test-Same $Words['managedSourcesBehavior'] 'merge')) { return $true }
    foreach ($source in $Sources) {
        if (@('hkcu', 'dead') -ccontains $source['Place']) { continue }
        if (-not (Test-Object $source['Object'])) { return $false }
        if (Test-Hooks $source['Object']) { return $false }
    }
    return $true
}

# What keeps hooks from running, by what the winner says.
function Get-Blockers($Words, $Sources) {
    $blockers = [System.Collections.Generic.List[string]]::new()
    if (Test-True $Words['disableAllHooks']) { $blockers.Add('all-off') }
    if (Test-True $Words['disableSideloadFlags']) { $blockers.Add('sideload') }
    if ($Wanted['wantsHooks'] -and (Test-NoHooks $Words $Sources)) {
        if (Test-True $Words['allowManagedHooksOnly']) { $blockers.Add('only-managed') }
        else { $blockers.Add('no-hooks') }
    }
    return , $blockers.ToArray()
}

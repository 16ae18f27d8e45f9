
# ---- The word: what the facts come to, as in src/health/judge.ts ----

# Whether a list of the line, such as missing+clash, holds one of some words.
function Test-Holds([string] $List, [string[]] $Words) {
    foreach ($one in $List.Split([char] 43)) {
        if ($Words -ccontains $one) { return $true }
    }
    return $false
}

# Whether all of these facts are known.
function Test-Facts([string[]] $Names) {
    foreach ($name in $Names) {
        if ((Get-Fact $name) -ceq '') { return $false }
    }
    return $true
}

function Get-Tier([string] $Place) {
    if ($Place -ceq 'dropin') { return 'file' }
    return $Place
}

# The places that are ours. One that no client reads does not count.
function Get-OurPlaces($Places) {
    $ours = [System.Collections.ArrayList]::new()
    foreach ($place in $Places) {
        if ($place['Place'] -cne 'dead' -and $place['State'] -ceq $Stamp) { [void] $ours.Add($place) }
    }
    return , $ours
}

# Users can write their copy of the settings of the admin console, and their part of the registry.
function Test-UserPlace($Place) {
    return @('server', 'hkcu') -ccontains $Place['Place']
}

# What is wrong with what stands there: 'wrong', 'open' or ''.
function Get-SettingsProblem($Places) {
    $winner = Get-Winner $Places
    if ($null -eq $winner) { return 'wrong' }
    if ($winner['State'] -ceq 'broken') {
        if (Test-UserPlace $winner) { return 'open' }
        return 'wrong'
    }
    # Settings that carry no stamp cannot be told from others.
    if (-not $Wanted['isStamped']) { return 'open' }
    foreach ($place in (Get-OurPlaces $Places)) {
        if (-not (Test-UserPlace $place)) { return '' }
    }
    # A copy that a user can write proves nothing.
    if ((Get-OurPlaces $Places).Count -gt 0) { return 'open' }
    foreach ($place in $Places) {
        if ($place['Place'] -cne 'dead' -and $place['State'] -ceq 'unread') { return 'open' }
    }
    return 'wrong'
}

# What stands above the settings of the policy: 'wrong', 'open' where it cannot be read, or ''.
function Get-Shadow($Places) {
    $winner = Get-Winner $Places
    $ours = Get-OurPlaces $Places
    if ($ours.Count -eq 0 -or (Get-Fact 'mix') -ceq 'merge') { return '' }
    if ($winner['State'] -ceq $Stamp -or (Get-Tier $winner['Place']) -ceq (Get-Tier $ours[0]['Place'])) { return '' }
    if ($winner['State'] -ceq 'unread') { return 'open' }
    return 'wrong'
}

function Get-InstalledState($Places) {
    $isKnown = Test-Facts @('set')
    $problem = 'open'
    # Facts that came too late are left out, and are unknown here too.
    if ($isKnown) { $problem = Get-SettingsProblem $Places }
    if ($problem -ceq 'wrong') { return 'contradicted' }
    if (Test-Holds (Get-Fact 'hookbad') @('missing', 'not-executable', 'writable')) { return 'contradicted' }
    if (Test-Holds (Get-Fact 'cred') @('no-helper', 'no-file')) { return 'contradicted' }
    if (Test-Holds (Get-Fact 'plugbad') @('missing', 'stale-clone', 'stale-cache')) { return 'contradicted' }
    if ((Get-Fact 'pkg') -ceq 'staged') { return 'contradicted' }
    if ($problem -ceq 'open' -or -not (Test-Facts @('pkg'))) { return 'unknown' }
    if ($Wanted['hook'].Count -gt 0 -and -not (Test-Facts @('hooks', 'hookbad'))) { return 'unknown' }
    if ($Wanted['helper'] -cne '' -and -not (Test-Facts @('cred'))) { return 'unknown' }
    if ($Wanted['plugin'].Count -gt 0 -and -not (Test-Facts @('plug', 'plugbad'))) { return 'unknown' }
    if (Test-Holds (Get-Fact 'hookbad') @('unread')) { return 'unknown' }
    return 'proven'
}

# Whether a restart should have come by now: also where nobody knows when the change was.
function Test-Overdue([string] $Change) {
    return -not (Test-Before $RestartLimit $Change)
}

# Whether something runs that began before a change: 'overdue', 'pending' or ''.
function Get-Restart {
    $states = [System.Collections.Generic.List[string]]::new()
    $desktop = Get-Fact 'run'
    if ($desktop -ceq 'old-version') { $states.Add((Test-Overdue (Get-Fact 'appt')).ToString()) }
    if ($desktop -ceq 'before-change') { $states.Add((Test-Overdue (Get-Fact 'sett')).ToString()) }
    if ((Get-Fact 'crun') -ceq 'before-change') { $states.Add((Test-Overdue (Get-Fact 'sett')).ToString()) }
    if ($states.Contains('True')) { return 'overdue' }
    if ($states.Count -gt 0) { return 'pending' }
    return ''
}

function Get-LoadedState($Places) {
    $wantsPlugins = $Wanted['plugin'].Count -gt 0
    $blockers = Get-Fact 'blk'
    if ($Wanted['wantsHooks'] -and (Test-Holds $blockers @('all-off', 'only-managed', 'no-hooks'))) { return 'contradicted' }
    if ($wantsPlugins -and (Test-Holds $blockers @('sideload'))) { return 'contradicted' }
    $isKnown = Test-Facts @('set')
    $shadow = ''
    if ($isKnown) { $shadow = Get-Shadow $Places }
    if ($shadow -ceq 'wrong') { return 'contradicted' }
    $restart = Get-Restart
    if ($restart -ceq 'overdue') { return 'contradicted' }
    if (Test-Holds (Get-Fact 'plugbad') @('stale-session', 'clash')) { return 'contradicted' }
    $version = Get-Fact 'app'
    # Hooks of plugins did nothing on Windows until then: release notes of Claude Desktop, 2026-07-24.
    if ($wantsPlugins -and $version -cne '' -and $version -cne 'none' -and (Compare-Version $version '1.24012.9') -lt 0) { return 'contradicted' }
    if (-not (Test-Facts @('set', 'blk', 'run', 'crun'))) { return 'unknown' }
    if ((Get-OurPlaces $Places).Count -eq 0 -or $shadow -ceq 'open' -or $restart -ceq 'pending') { return 'unknown' }
    if ($wantsPlugins -and -not (Test-Facts @('plugbad', 'app'))) { return 'unknown' }
    if ((Get-Fact 'run') -ceq 'no' -and (Get-Fact 'crun') -ceq 'no') { return 'unknown' }
    return 'proven'
}

# Whether each change that counts is known with its time.
function Test-Dated($Places) {
    if (-not (Test-Facts @('set')) -or (Test-Undated $Places)) { return $false }
    $hasFiles = $false
    foreach ($place in $Places) {
        if (@('file', 'dropin') -ccontains $place['Place']) { $hasFiles = $true }
    }
    if ($hasFiles -and -not (Test-Facts @('sett'))) { return $false }
    if ($Wanted['hook'].Count -gt 0 -and -not (Test-Facts @('hookt'))) { return $false }
    if ((Get-Fact 'app') -cne 'none' -and -not (Test-Facts @('appt'))) { return $false }
    if ($Wanted['plugin'].Count -gt 0 -and -not (Test-Facts @('plugt'))) { return $false }
    return $true
}

# Whether an invocation since the last change failed.
function Test-Failing($Places) {
    $invoked = Get-Fact 'inv'
    if ($invoked -ceq '' -or $invoked -ceq 'none') { return $false }
    if (-not (Test-Dated $Places) -or (Test-Before $invoked (Get-Change))) { return $false }
    if (@('error', 'timeout') -ccontains (Get-Fact 'ver')) { return $true }
    $status = Get-Fact 'http'
    if (-not $Wanted['evaluates'] -or $status -ceq '') { return $false }
    return $status -cnotmatch '\A2[0-9]{2}\z'
}

# 'repair' where a stage is contradicted, 'ok' where installed and loaded are proven or asked for by nobody.
function Get-Word($Places) {
    if ($Wanted['keepsRecord']) {
        # It is only there where every tool has a hook.
        $silent = Get-Fact 'silent'
        if ($silent -cne '' -and $silent -cne '0') { return 'repair' }
        if (Test-Failing $Places) { return 'repair' }
    }
    if (-not $Wanted['wantsSettings']) { return 'ok' }
    $installed = Get-InstalledState $Places
    $loaded = Get-LoadedState $Places
    if ($installed -ceq 'contradicted' -or $loaded -ceq 'contradicted') { return 'repair' }
    if ($installed -ceq 'proven' -and $loaded -ceq 'proven') { return 'ok' }
    return 'unknown'
}


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

# 'broken', 'missing', 'foreign', 'shadowed', 'unread' or ''.
function Get-SettingsProblem($Places) {
    $winner = Get-Winner $Places
    if ($null -eq $winner) { return 'missing' }
    if ($winner['State'] -ceq 'broken') { return 'broken' }
    $ours = $null
    $isUnread = $false
    foreach ($place in $Places) {
        if ($place['Place'] -ceq 'dead') { continue }
        if ($place['State'] -ceq 'unread') { $isUnread = $true }
        if ($place['State'] -ceq $Stamp -and $null -eq $ours) { $ours = $place }
    }
    if ($null -eq $ours) {
        if ($isUnread) { return 'unread' }
        if ($Wanted['isStamped']) { return 'foreign' }
        return ''
    }
    $isSameTier = (Get-Tier $winner['Place']) -ceq (Get-Tier $ours['Place'])
    if ($winner['State'] -cne $Stamp -and -not $isSameTier -and (Get-Fact 'mix') -cne 'merge') { return 'shadowed' }
    return ''
}

function Get-InstalledState([string] $Problem) {
    if (@('broken', 'missing', 'foreign') -ccontains $Problem) { return 'contradicted' }
    if (Test-Holds (Get-Fact 'hookbad') @('missing', 'not-executable', 'writable')) { return 'contradicted' }
    if (Test-Holds (Get-Fact 'cred') @('no-helper', 'no-file')) { return 'contradicted' }
    if (Test-Holds (Get-Fact 'plugbad') @('missing', 'stale-clone', 'stale-cache')) { return 'contradicted' }
    if ((Get-Fact 'pkg') -ceq 'staged') { return 'contradicted' }
    if ($Problem -ceq 'unread' -or -not $Wanted['isStamped']) { return 'unknown' }
    if (-not (Test-Facts @('set', 'pkg'))) { return 'unknown' }
    if ($Wanted['hook'].Count -gt 0 -and -not (Test-Facts @('hooks', 'hookbad'))) { return 'unknown' }
    if ($Wanted['helper'] -cne '' -and -not (Test-Facts @('cred'))) { return 'unknown' }
    if ($Wanted['plugin'].Count -gt 0 -and -not (Test-Facts @('plug', 'plugbad'))) { return 'unknown' }
    if (Test-Holds (Get-Fact 'hookbad') @('unread')) { return 'unknown' }
    return 'proven'
}

function Get-LoadedState([string] $Problem) {
    $wantsPlugins = $Wanted['plugin'].Count -gt 0
    $blockers = Get-Fact 'blk'
    if ($Wanted['wantsHooks'] -and (Test-Holds $blockers @('all-off', 'only-managed'))) { return 'contradicted' }
    if ($wantsPlugins -and (Test-Holds $blockers @('sideload'))) { return 'contradicted' }
    if ($Problem -ceq 'shadowed') { return 'contradicted' }
    $desktop = Get-Fact 'run'
    $code = Get-Fact 'crun'
    if (@('old-version', 'before-change') -ccontains $desktop -or $code -ceq 'before-change') { return 'contradicted' }
    if (Test-Holds (Get-Fact 'plugbad') @('stale-session', 'clash')) { return 'contradicted' }
    $version = Get-Fact 'app'
    # Hooks of plugins did nothing on Windows until then: release notes of Claude Desktop, 2026-07-24.
    if ($wantsPlugins -and $version -cne '' -and $version -cne 'none' -and (Compare-Version $version '1.24012.9') -lt 0) { return 'contradicted' }
    if (-not (Test-Facts @('set', 'blk', 'run', 'crun'))) { return 'unknown' }
    if ($wantsPlugins -and -not (Test-Facts @('plugbad', 'app'))) { return 'unknown' }
    if ($desktop -ceq 'no' -and $code -ceq 'no') { return 'unknown' }
    return 'proven'
}

# Whether each change that counts is known with its time.
function Test-Dated($Places) {
    $hasFiles = -not (Test-Facts @('set'))
    foreach ($place in $Places) {
        if (@('hklm', 'file', 'dropin') -ccontains $place['Place']) { $hasFiles = $true }
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
        $silent = Get-Fact 'silent'
        if ($silent -cne '' -and $silent -cne '0') { return 'repair' }
        if (Test-Failing $Places) { return 'repair' }
    }
    if (-not $Wanted['wantsSettings']) { return 'ok' }
    # Facts that came too late are left out, and are unknown here too.
    $problem = 'unread'
    if ((Get-Fact 'set') -cne '') { $problem = Get-SettingsProblem $Places }
    $installed = Get-InstalledState $problem
    $loaded = Get-LoadedState $problem
    if ($installed -ceq 'contradicted' -or $loaded -ceq 'contradicted') { return 'repair' }
    if ($installed -ceq 'proven' -and $loaded -ceq 'proven') { return 'ok' }
    return 'unknown'
}

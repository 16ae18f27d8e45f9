
# ---- What hooks and people did ----

$RecordLine = [System.Text.RegularExpressions.Regex]::new('\AFR1\|t=([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\|ev=([A-Za-z]{1,60})\|tool=([A-Za-z0-9_.-]{1,60})\|ver=(allow|deny|ask|error|timeout)\|ms=([0-9]{1,9})\|http=([0-9]{1,3}|none)\|end\z')

# Whether a time of the right form is one that can be, and not one of the day after tomorrow.
function Test-Time([string] $Text) {
    try { [void] [DateTime]::ParseExact($Text, $TimeForm, $AnyCulture) }
    catch { return $false }
    return -not (Test-Before $Tomorrow $Text)
}

# The newest invocation in a user's record; $null without one.
function Get-Invocation($User) {
    $read = Read-FileBelow $User['Folder'] 'AppData\Local\Fleet\hook-record' 65536 $true
    if ($read['Kind'] -cne 'bytes') { return $null }
    $newest = $null
    $text = [System.Text.Encoding]::ASCII.GetString($read['Bytes'])
    foreach ($line in $text.Split([char] 10)) {
        $found = $RecordLine.Match($line.TrimEnd([char] 13))
        if (-not $found.Success) { continue }
        $time = $found.Groups[1].Value
        if ($null -ne $newest -and (Test-Before $time $newest['Time'])) { continue }
        if (-not (Test-Time $time)) { continue }
        $newest = @{
            Time    = $time
            Event   = $found.Groups[2].Value
            Tool    = $found.Groups[3].Value
            Verdict = $found.Groups[4].Value
            Took    = $found.Groups[5].Value
            Status  = $found.Groups[6].Value
        }
    }
    return $newest
}

function Set-InvocationFacts($Users) {
    $newest = $null
    foreach ($user in $Users) {
        Assert-Time
        $invocation = Get-Invocation $user
        if ($null -eq $invocation) { continue }
        $user['Invoked'] = $invocation['Time']
        if ($null -eq $newest -or -not (Test-Before $invocation['Time'] $newest['Time'])) { $newest = $invocation }
    }
    if ($null -eq $newest) {
        Set-Fact 'inv' 'none'
        return
    }
    Set-Fact 'inv' $newest['Time']
    Set-Fact 'ev' $newest['Event']
    Set-Fact 'tool' $newest['Tool']
    Set-Fact 'ver' $newest['Verdict']
    Set-Fact 'ms' (ConvertTo-Count $newest['Took'])
    if ($newest['Status'] -cne 'none') { Set-Fact 'http' (ConvertTo-Count $newest['Status']) }
}

# Numbers lose their zeros in front.
function ConvertTo-Count([string] $Digits) {
    return [int]::Parse($Digits, $AnyCulture).ToString($AnyCulture)
}

# When a tool was last used in a session of this user; no text without one.
function Get-LastToolUse($User) {
    $projects = '.claude\projects'
    if ((Get-KindBelow $User['Folder'] $projects) -cne 'folder') { return '' }
    $files = [System.Collections.Generic.List[string]]::new()
    foreach ($project in (Get-Names ($User['Folder'] + '\' + $projects))) {
        $folder = $User['Folder'] + '\' + $projects + '\' + $project
        foreach ($name in (Get-Names $folder)) {
            if (-not $name.EndsWith('.jsonl', [System.StringComparison]::Ordinal)) { continue }
            $path = $folder + '\' + $name
            if ((Get-PathKind $path) -ceq 'file') { $files.Add((Get-ModifiedTime $path) + '|' + $path) }
        }
    }
    $files.Sort([System.StringComparer]::Ordinal)
    $files.Reverse()
    $latin = [System.Text.Encoding]::GetEncoding(28591)
    $looked = 0
    foreach ($file in $files) {
        $looked++
        if ($looked -gt 20) { break }
        $bar = $file.IndexOf([char] 124)
        $read = Read-File ($file.Substring($bar + 1)) 262144 $true
        if ($read['Kind'] -cne 'bytes') { continue }
        # The newest with a use is the one that counts.
        if ($latin.GetString($read['Bytes']).IndexOf('"type":"tool_use"', [System.StringComparison]::Ordinal) -ge 0) { return $file.Substring(0, $bar) }
    }
    return ''
}

function Set-ActivityFact($Users) {
    $newest = ''
    foreach ($user in $Users) {
        Assert-Time
        $user['Used'] = Get-LastToolUse $user
        $newest = Get-Later $newest $user['Used']
    }
    if ($newest -ceq '') { $newest = 'none' }
    Set-Fact 'act' $newest
}

# The latest change of what hooks depend on; no text where none is known.
function Get-Change {
    $change = Get-Later (Get-Later (Get-Fact 'sett') (Get-Fact 'hookt')) (Get-Fact 'plugt')
    if ((Get-Fact 'app') -cne 'none') { $change = Get-Later $change (Get-Fact 'appt') }
    return $change
}

function Set-SilenceFacts($Users, $HasRegistry) {
    # A change that cannot be dated: what happened after it cannot be counted.
    if ($HasRegistry -or ((Get-Fact 'app') -cne 'none' -and (Get-Fact 'appt') -ceq '')) { return }
    $change = Get-Change
    $active = 0
    $silent = 0
    foreach ($user in $Users) {
        if ($user['Used'] -ceq '' -or (Test-Before $user['Used'] $change)) { continue }
        $active++
        if ($user['Invoked'] -ceq '' -or (Test-Before $user['Invoked'] $change)) { $silent++ }
    }
    Set-Fact 'use' ($active.ToString($AnyCulture))
    Set-Fact 'silent' ($silent.ToString($AnyCulture))
}

# 'there', 'gone', or 'open' where it cannot be told. A user has written the path: no other computer is asked, and as
# administrator no link is followed but that of a home folder, which administrators make.
function Get-FolderFate([string] $Path) {
    $plain = $Path.Replace('/', '\').TrimEnd([char] 92)
    if ($plain -cnotmatch '\A[A-Za-z]:(?:\\[^\\:*?"<>|\x00-\x1f]+)*\z') { return 'open' }
    try {
        if ([System.IO.DriveInfo]::new($plain.Substring(0, 1)).DriveType -ne [System.IO.DriveType]::Fixed) { return 'open' }
    }
    catch { return 'open' }
    $parts = $plain.Split([char] 92)
    $at = $parts[0]
    $kind = 'folder'
    for ($index = 1; $index -lt $parts.Length; $index++) {
        $at = $at + '\' + $parts[$index]
        $kind = Get-PathKind $at
        if ($kind -ceq 'absent' -or $kind -ceq 'file') { return 'gone' }
        if ($kind -ceq 'denied') { return 'open' }
        if ($kind -ceq 'link' -and $Administrator -and -not (Test-HomeFolder $at)) { return 'open' }
    }
    if ($kind -ceq 'link' -and -not [System.IO.Directory]::Exists($at)) { return 'gone' }
    return 'there'
}

function Test-HomeFolder([string] $Path) {
    foreach ($user in $People) {
        if ([string]::Equals($user['Folder'], $Path, [System.StringComparison]::OrdinalIgnoreCase)) { return $true }
    }
    return $false
}

function Set-WorkspaceFact($Users) {
    $trusted = [System.Collections.Generic.List[string]]::new()
    foreach ($user in $Users) {
        Assert-Time
        $settings = Read-ObjectBelow $user['Folder'] '.claude.json'
        if ($null -eq $settings) { continue }
        $projects = $settings['projects']
        if (-not (Test-Object $projects)) { continue }
        foreach ($path in @($projects.get_Keys())) {
            # Paths of a share or of another system are nothing to look at here.
            if ($path -cnotmatch '\A[A-Za-z]:[\\/]') { continue }
            $project = $projects[$path]
            if ((Test-Object $project) -and (Test-True $project['hasTrustDialogAccepted']) -and $trusted.Count -lt 200) { $trusted.Add($path) }
        }
    }
    $there = 0
    $gone = 0
    foreach ($path in $trusted) {
        Assert-Time
        $fate = Get-FolderFate $path
        if ($fate -ceq 'there') { $there++ }
        if ($fate -ceq 'gone') { $gone++ }
    }
    if ($trusted.Count -eq 0) { Set-Fact 'ws' 'none' }
    elseif ($gone -gt 0 -and $there -gt 0) { Set-Fact 'ws' 'some-gone' }
    elseif ($there + $gone -lt $trusted.Count) { return }
    elseif ($gone -gt 0) { Set-Fact 'ws' 'gone' }
    else { Set-Fact 'ws' 'there' }
}

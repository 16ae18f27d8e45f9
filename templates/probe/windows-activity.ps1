
# ---- What hooks and people did ----

$RecordLine = [System.Text.RegularExpressions.Regex]::new('\AFR1\|t=([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\|ev=([A-Za-z]{1,60})\|tool=([A-Za-z0-9_.-]{1,60})\|ver=(allow|deny|ask|error|timeout)\|ms=([0-9]{1,9})\|http=([0-9]{1,3}|none)\|end\z')

# Whether a time of the right form is one that can be, and not one of the day after tomorrow.
function Test-Time([string] $Text) {
    try { [void] [DateTime]::ParseExact($Text, $TimeForm, $AnyCulture) }
    catch { return $false }
    return -not (Test-Before $Tomorrow $Text)
}

# The newest invocation in a user's record; $null without one. Where a hook decides on tools, other events prove nothing.
function Get-Invocation($User) {
    $read = Read-FileBelow $User['Folder'] 'AppData\Local\Fleet\hook-record' 65536 $true
    if ($read['Kind'] -cne 'bytes') { return $null }
    $newest = $null
    $text = [System.Text.Encoding]::ASCII.GetString($read['Bytes'])
    foreach ($line in $text.Split([char] 10)) {
        $found = $RecordLine.Match($line.TrimEnd([char] 13))
        if (-not $found.Success) { continue }
        if ($Wanted['decidesTools'] -and $found.Groups[2].Value -cne 'PreToolUse') { continue }
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

$MostTranscripts = 20000
$Latin = [System.Text.Encoding]::GetEncoding(28591)
$UseTime = [System.Text.RegularExpressions.Regex]::new('\A([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.[0-9]+)?Z"')

# When a tool was last used by the end of a transcript; no text where it does not tell. A session that is only resumed, or
# answers without a tool, changes the file as well.
function Get-TimeOfUse([byte[]] $Bytes) {
    $text = $Latin.GetString($Bytes)
    $mark = $text.LastIndexOf('"type":"tool_use"', [System.StringComparison]::Ordinal)
    if ($mark -lt 0) { return '' }
    $start = $text.LastIndexOf([char] 10, $mark) + 1
    $end = $text.IndexOf([char] 10, $mark)
    if ($end -lt 0) { $end = $text.Length }
    $line = $text.Substring($start, $end - $start)
    $name = '"timestamp":"'
    $at = $line.LastIndexOf($name, [System.StringComparison]::Ordinal)
    if ($at -lt 0) { return '' }
    $found = $UseTime.Match($line.Substring($at + $name.Length))
    if (-not $found.Success) { return '' }
    $time = $found.Groups[1].Value + 'Z'
    if (Test-Before $time '1970-01-01T00:00:00Z') { return '' }
    try { [void] [DateTime]::ParseExact($time, $TimeForm, $AnyCulture) }
    catch { return '' }
    return $time
}

# The transcripts of a user, newest first: the time of the last change, a bar and the path. What a folder tells of its files
# spares a question for each of thousands.
function Get-Transcripts($User) {
    $files = [System.Collections.Generic.List[string]]::new()
    $projects = '.claude\projects'
    if ((Get-KindBelow $User['Folder'] $projects) -cne 'folder') { return , $files }
    foreach ($project in (Get-Names ($User['Folder'] + '\' + $projects))) {
        $folder = $User['Folder'] + '\' + $projects + '\' + $project
        if ((Get-PathKind $folder) -cne 'folder') { continue }
        $listed = 0
        try {
            foreach ($file in [System.IO.DirectoryInfo]::new($folder).EnumerateFiles()) {
                $listed++
                if ($listed -gt $MostTranscripts -or $files.Count -ge $MostTranscripts) { break }
                if (($listed % 500) -eq 0) { Assert-Time }
                if (-not $file.Name.EndsWith('.jsonl', [System.StringComparison]::Ordinal)) { continue }
                if ($file.Name -cmatch '[\x00-\x1f\x7f-\x9f]') { continue }
                if (($file.Attributes -band [System.IO.FileAttributes] 'ReparsePoint, Device') -ne 0) { continue }
                $files.Add((ConvertTo-TimeText $file.LastWriteTimeUtc) + '|' + $folder + '\' + $file.Name)
            }
        }
        # A folder that cannot be read, or no time.
        catch { Assert-Time }
    }
    $files.Sort([System.StringComparer]::Ordinal)
    $files.Reverse()
    return , $files
}

# When a tool was last used in a session of this user; no text without one.
function Get-LastToolUse($User) {
    $used = ''
    $looked = 0
    foreach ($file in (Get-Transcripts $User)) {
        $looked++
        if ($looked -gt 20) { break }
        $bar = $file.IndexOf([char] 124)
        $listed = $file.Substring(0, $bar)
        # No use is later than the last change of its file.
        if ($used -cne '' -and -not (Test-Before $used $listed)) { break }
        $path = $file.Substring($bar + 1)
        $read = Read-File $path 262144 $true
        if ($read['Kind'] -cne 'bytes') { continue }
        $time = Get-TimeOfUse $read['Bytes']
        $changed = Get-ModifiedTime $path
        if (Test-Before $changed $time) { $time = $changed }
        $used = Get-Later $used $time
    }
    return $used
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

function Set-SilenceFacts($Users, [bool] $IsUndated) {
    # Where not every tool has a hook, a use without an invocation says nothing.
    if (-not $Wanted['everyTool']) { return }
    # A change that cannot be dated: what happened after it cannot be counted.
    if ($IsUndated -or ((Get-Fact 'app') -cne 'none' -and (Get-Fact 'appt') -ceq '')) { return }
    if ($Wanted['hook'].Count -gt 0 -and (Get-Fact 'hookt') -ceq '') { return }
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

# 'there', 'gone', or 'open' where it cannot be told. A user has written the path: no link is followed, since it may lead to
# another computer.
function Get-FolderFate([string] $Above, [string] $Below) {
    $at = $Above
    foreach ($part in $Below.Split([char] 92)) {
        if ($part -ceq '') { continue }
        $at = $at + '\' + $part
        $kind = Get-PathKind $at
        if ($kind -ceq 'absent' -or $kind -ceq 'file') { return 'gone' }
        if ($kind -cne 'folder') { return 'open' }
    }
    return 'there'
}

# Folders that users have trusted, below their own homes: others may lie on a share.
function Set-WorkspaceFact($Users) {
    $trusted = [System.Collections.ArrayList]::new()
    foreach ($user in $Users) {
        Assert-Time
        $settings = Read-ObjectBelow $user['Folder'] '.claude.json'
        if ($null -eq $settings) { continue }
        $projects = $settings['projects']
        if (-not (Test-Object $projects)) { continue }
        $above = $user['Folder'] + '\'
        foreach ($path in @($projects.get_Keys())) {
            $plain = $path.Replace('/', '\')
            if (-not $plain.StartsWith($above, [System.StringComparison]::OrdinalIgnoreCase)) { continue }
            $below = $plain.Substring($above.Length)
            if ($below -cmatch '[\x00-\x1f\x7f-\x9f]') { continue }
            # Parts of dots alone lead up again; Windows drops blanks behind them.
            if (('\' + $below + '\') -cmatch '\\[. ]+\\') { continue }
            $project = $projects[$path]
            if (-not (Test-Object $project) -or -not (Test-True $project['hasTrustDialogAccepted'])) { continue }
            if ($trusted.Count -lt 200) { [void] $trusted.Add(@{ Above = $user['Folder']; Below = $below }) }
        }
    }
    $there = 0
    $gone = 0
    foreach ($one in $trusted) {
        Assert-Time
        $fate = Get-FolderFate $one['Above'] $one['Below']
        if ($fate -ceq 'there') { $there++ }
        if ($fate -ceq 'gone') { $gone++ }
    }
    if ($trusted.Count -eq 0) { Set-Fact 'ws' 'none' }
    elseif ($gone -gt 0 -and $there -gt 0) { Set-Fact 'ws' 'some-gone' }
    elseif ($there + $gone -lt $trusted.Count) { return }
    elseif ($gone -gt 0) { Set-Fact 'ws' 'gone' }
    else { Set-Fact 'ws' 'there' }
}

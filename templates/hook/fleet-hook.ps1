#Requires -Version 5.1
# A managed hook of Claude Code: refuses tools of a list, asks a policy endpoint, and writes down that it ran.
# What it does exactly, and what it does not: templates/hook/README.md of fleet.
#
# The client runs this as the person who works, with the event as JSON on standard input, and blocks a tool only for the
# answer deny; it goes on where a hook ends with 1 or is missing (https://code.claude.com/docs/en/hooks, 2026-11-21). So
# nothing here may end the script early: every way leads to an answer.
#
# Pure ASCII: Windows PowerShell 5.1 reads a script without byte order mark in the code page of the machine. Nowhere may
# this file name the variable that holds the lines of a pipeline: PowerShell would then read standard input itself, in
# the code page of the console.

$ConfigurationFile = '@@CONFIGURATION@@'
# What the policy said when this was built: it counts where the configuration cannot be read.
$Unsure = '@@UNSURE@@'

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
# The modules this PowerShell came with: a parent process of another edition leaves its own folders here.
$env:PSModulePath = "$PSHOME\Modules"

# Where people may run only signed scripts in full, this one has to be signed, and cannot decide otherwise.
if ("$($ExecutionContext.SessionState.LanguageMode)" -cne 'FullLanguage') {
    if ($Unsure -ceq 'deny') {
        Write-Output '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"The hook of your organisation could not decide (program), and then nothing may run."}}'
    }
    exit 0
}

$Clock = [System.Diagnostics.Stopwatch]::StartNew()
$AnyCulture = [System.Globalization.CultureInfo]::InvariantCulture
$Started = [DateTime]::UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $AnyCulture)
$Latin = [System.Text.Encoding]::GetEncoding(28591)
$Utf8 = [System.Text.UTF8Encoding]::new($false, $false)

@@PART hook/read-members.ps1@@
@@PART hook/read-configuration.ps1@@
@@PART hook/ask-endpoint.ps1@@
@@PART hook/write-record.ps1@@

# ---- The event, the decision and the answer ----

# At most 1 MiB of standard input; the rest is read too, lest the client fails to write it.
function Read-Event {
    $most = 1048576
    $stream = [Console]::OpenStandardInput()
    $all = [System.IO.MemoryStream]::new()
    $buffer = [byte[]]::new(65536)
    $total = 0
    while ($total -lt 67108864) {
        $got = $stream.Read($buffer, 0, $buffer.Length)
        if ($got -le 0) { break }
        $left = $most - [int] $all.Length
        if ($left -gt 0) { $all.Write($buffer, 0, [Math]::Min($left, $got)) }
        $total += $got
    }
    $bytes = $all.ToArray()
    # The comma keeps the bytes one thing.
    return , $bytes
}

# A text of the event as the record and the endpoint get it.
function ConvertTo-Plain([string] $Text, [int] $Most) {
    $plain = [System.Text.RegularExpressions.Regex]::Replace($Text, '[^A-Za-z0-9_.-]', '_')
    if ($plain.Length -gt $Most) { return $plain.Substring(0, $Most) }
    return $plain
}

# The number of the first rule that refuses; 0 without one.
function Find-Rule($Rules, [string] $Tool, [string] $Raw) {
    for ($index = 0; $index -lt $Rules.Count; $index++) {
        $rule = $Rules[$index]
        $name = $rule['Tool']
        if ($name.EndsWith('*', [System.StringComparison]::Ordinal)) {
            $isMeant = $Tool.StartsWith($name.Substring(0, $name.Length - 1), [System.StringComparison]::Ordinal)
        }
        else { $isMeant = [string]::Equals($Tool, $name, [System.StringComparison]::Ordinal) }
        if (-not $isMeant) { continue }
        if ($rule['Words'] -ceq '' -or $Raw.IndexOf($rule['Words'], [System.StringComparison]::Ordinal) -ge 0) { return $index + 1 }
    }
    return 0
}

function New-Decision([string] $Decision, [string] $Reason) {
    return @{ Decision = $Decision; Reason = $Reason; Status = 'none' }
}

# What is to happen: 'allow', 'ask', 'deny' or 'unsure', with the reason and the status of the endpoint.
function Get-Decision($Configuration, $Members, [string] $EventName, [string] $Tool, [byte[]] $Bytes) {
    if ($null -eq $Configuration) { return New-Decision 'unsure' 'configuration' }
    if ($EventName -ceq '') { return New-Decision 'unsure' 'event' }
    if ($EventName -cne 'PreToolUse') { return New-Decision 'allow' '' }
    if ($Tool -cne '') {
        $rule = Find-Rule $Configuration['Rules'] $Tool ($Latin.GetString($Bytes))
        if ($rule -gt 0) {
            return New-Decision 'deny' ('Refused by rule ' + $rule.ToString($AnyCulture) + ' of the hook of your organisation.')
        }
    }
    if ($Tool -ceq '' -or $Members['State'] -ceq 'torn') { return New-Decision 'unsure' 'event' }
    if ($Configuration['Address'] -ceq '') { return New-Decision 'allow' '' }
    $envelope = '{"schema":"fleet.hook-event/v1","event":"PreToolUse","tool":"' + (ConvertTo-Plain $Tool 100) +
        '","session":"' + (ConvertTo-Plain (Get-MemberText $Members 'session_id') 128) +
        '","toolUse":"' + (ConvertTo-Plain (Get-MemberText $Members 'tool_use_id') 128) +
        '","bytes":' + $Bytes.Length.ToString($AnyCulture) + '}'
    return Get-EndpointDecision $Configuration $envelope
}

# The reason is printable ASCII.
function Write-Answer([string] $Decision, [string] $Reason) {
    $text = $Reason.Replace('\', '\\').Replace('"', '\"')
    [Console]::Out.Write('{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"' + $Decision + '","permissionDecisionReason":"' + $text + '"}}' + "`n")
    [Console]::Out.Flush()
}

$bytes = [byte[]]::new(0)
$members = @{ State = 'broken'; Found = @{} }
$configuration = $null
$eventName = ''
$tool = ''
$decided = New-Decision 'unsure' 'program'
try {
    $bytes = Read-Event
    $configuration = Read-Configuration $ConfigurationFile
    if ($null -ne $configuration) { $Unsure = $configuration['Unsure'] }
    $members = Read-Members $bytes @('hook_event_name', 'tool_name', 'session_id', 'tool_use_id')
    if ($members['State'] -cne 'broken') {
        $eventName = Get-MemberText $members 'hook_event_name'
        if ($eventName -cnotmatch '\A[A-Za-z]{1,60}\z') { $eventName = '' }
        if ($eventName -cne '') { $tool = Get-MemberText $members 'tool_name' }
    }
    $decided = Get-Decision $configuration $members $eventName $tool $bytes
}
catch { $decided = New-Decision 'unsure' 'program' }

$decision = $decided['Decision']
$verdict = $decision
try {
    if ($decision -ceq 'deny' -or $decision -ceq 'ask') {
        $reason = $decided['Reason']
        if ($reason -ceq '') { $reason = 'The policy of your organisation says so.' }
        Write-Answer $decision $reason
    }
    elseif ($decision -cne 'allow') {
        $verdict = 'error'
        if ($decided['Reason'] -ceq 'timeout') { $verdict = 'timeout' }
        # Other events have no such answer. One that could not be read may have been this one.
        if ($Unsure -ceq 'deny' -and ($eventName -ceq '' -or $eventName -ceq 'PreToolUse')) {
            Write-Answer 'deny' ('The hook of your organisation could not decide (' + $decided['Reason'] + '), and then nothing may run.')
        }
    }
}
catch { $verdict = 'error' }

# Whoever tries the hook by hand sets this: that must not look like an invocation by the client.
if ([string]::Equals([System.Environment]::GetEnvironmentVariable('FLEET_HOOK_TRIAL'), '1', [System.StringComparison]::Ordinal)) { exit 0 }

# Only now: whatever happens to the record, the answer is given.
try {
    $keep = 100
    if ($null -ne $configuration) { $keep = $configuration['Keep'] }
    if ($eventName -ceq '') { $eventName = 'Unknown' }
    $tool = ConvertTo-Plain $tool 60
    if ($tool -ceq '') { $tool = 'none' }
    $took = $Clock.ElapsedMilliseconds.ToString($AnyCulture)
    Write-Record ('FR1|t=' + $Started + '|ev=' + $eventName + '|tool=' + $tool + '|ver=' + $verdict + '|ms=' + $took + '|http=' + $decided['Status'] + '|end') $keep
}
catch { $verdict = '' }
exit 0

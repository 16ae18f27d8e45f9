#Requires -Version 5.1
# Health of Claude and its hooks on this Windows machine, as one line: what settings, hooks, plugins and apps are there,
# what runs, and when a hook ran last. What each part of the line means stands in the README of this kit.
#
# It only reads, runs nothing of a user's, connects to nothing and ends within five seconds. No names of people,
# machines or folders are in the line. Run it as SYSTEM in 64-bit Windows PowerShell; a user sees only what is his.

@@PART power-shell-start.ps1@@
# ---- End of the shared part ----

# 'line', 'result' (in the element that Jamf Pro reads) or 'status' (ends with 1 where something is to be repaired).
$Style = '@@STYLE@@'
# The policy that this was built from.
$Stamp = '@@STAMP@@'
$TargetDigest = '@@TARGET_DIGEST@@'
# What the policy wants here.
$Target = @'
@@TARGET@@
'@

function Write-Line([string] $Line) {
    if ($Style -ceq 'result') { Write-Output ('<result>' + $Line + '</result>') }
    else { Write-Output $Line }
}

# Where nothing can be told, that is told. Also runs in Constrained Language Mode.
function Write-UnknownLine {
    $now = (Get-Date).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [cultureinfo]::InvariantCulture)
    Write-Line ('FH1|unknown|os=windows|pol=' + $Stamp + '|t=' + $now + '|end')
}

if ("$($ExecutionContext.SessionState.LanguageMode)" -cne 'FullLanguage') {
    Write-UnknownLine
    exit 0
}

# In milliseconds. PowerShell has needed a second or more to start, and needs a moment to end.
$TimeLimit = 3000
$Clock = [System.Diagnostics.Stopwatch]::StartNew()
$IsLate = $false

# Ends a part of the probe once its time is over.
function Assert-Time {
    if ($Clock.ElapsedMilliseconds -lt $TimeLimit) { return }
    $script:IsLate = $true
    throw 'time'
}

@@PART probe/windows-json.ps1@@
@@PART probe/windows-files.ps1@@
@@PART probe/windows-settings.ps1@@
@@PART probe/windows-hooks.ps1@@
@@PART probe/windows-software.ps1@@
@@PART probe/windows-plugins.ps1@@
@@PART probe/windows-activity.ps1@@
@@PART probe/windows-word.ps1@@

# ---- The line ----

$Keys = @(
    'os', 'as', 'users', 'pol', 'app', 'appt', 'pkg', 'code', 'run', 'crun', 'set', 'mix', 'sum', 'sett', 'blk',
    'hooks', 'hookbad', 'hookt', 'cred', 'plug', 'plugbad', 'plugt', 'inv', 'ev', 'tool', 'ver', 'ms', 'http',
    'act', 'use', 'silent', 'ws', 'lim', 't'
)
$Facts = @{}

# No text says that the fact is not known. What comes after the time was over may be half of the truth.
function Set-Fact([string] $Key, [string] $Value) {
    if ($Value -ceq '' -or $script:IsLate) { return }
    $Facts[$Key] = $Value
}

function Get-Fact([string] $Key) {
    if ($Facts.ContainsKey($Key)) { return $Facts[$Key] }
    return ''
}

# Those of some words that were found, each once, in this order.
function ConvertTo-List([string[]] $Order, [string[]] $Found) {
    $words = @($Order | Where-Object { $Found -ccontains $_ })
    if ($words.Length -eq 0) { return 'no' }
    return [string]::Join('+', [string[]] $words)
}

function ConvertTo-Ratio([int] $Good, [int] $All) {
    return $Good.ToString($AnyCulture) + '/' + $All.ToString($AnyCulture)
}

function ConvertTo-Line([string] $Word) {
    $parts = [System.Collections.Generic.List[string]]::new()
    $parts.Add('FH1')
    $parts.Add($Word)
    foreach ($key in $Keys) {
        if ($Facts.ContainsKey($key)) { $parts.Add($key + '=' + $Facts[$key]) }
    }
    $parts.Add('end')
    return [string]::Join('|', $parts.ToArray())
}

# ---- What the policy wants, and who is here ----

function Read-Target {
    $wants = @{
        hook = [System.Collections.ArrayList]::new(); plugin = [System.Collections.ArrayList]::new(); helper = ''; headers = ''
        wantsSettings = $false; isStamped = $false; wantsHooks = $false; keepsRecord = $false; evaluates = $false
        decidesTools = $false; everyTool = $false; restartWithinHours = 24
    }
    $text = ConvertFrom-Data $Target $TargetDigest
    foreach ($line in $text.Split([char] 10)) {
        if ($line -ceq '') { continue }
        $fields = $line.Split([char] 9)
        $name = $fields[0]
        if ($name -ceq 'hook') { [void] $wants['hook'].Add($fields[1]) }
        elseif ($name -ceq 'plugin') { [void] $wants['plugin'].Add(@{ Name = $fields[1]; Marketplace = $fields[2]; Version = $fields[3] }) }
        elseif ($name -ceq 'helper' -or $name -ceq 'headers') { $wants[$name] = $fields[1] }
        elseif ($name -ceq 'restartWithinHours') { $wants[$name] = [int]::Parse($fields[1], $AnyCulture) }
        else { $wants[$name] = $true }
    }
    return $wants
}

# Everybody with a home folder on a disk of this machine, or the one that runs this.
function Get-People([string] $OwnId) {
    $list = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList'
    $ids = @($OwnId)
    if ($Administrator) { $ids = Get-RegistryKeys $list }
    $found = [System.Collections.Generic.List[string]]::new()
    foreach ($id in $ids) {
        if ($Administrator -and $id -cnotmatch '\AS-1-(?:5-21|12-1)(?:-[0-9]{1,10}){1,8}\z') { continue }
        $folder = ''
        $read = Read-Registry ([Microsoft.Win32.RegistryHive]::LocalMachine) ($list + '\' + $id) 'ProfileImagePath'
        if ($read['Kind'] -ceq 'text') { $folder = [System.Environment]::ExpandEnvironmentVariables($read['Text']) }
        elseif (-not $Administrator) { $folder = [System.Environment]::GetFolderPath('UserProfile') }
        $folder = $folder.TrimEnd([char] 92)
        if ($folder -cnotmatch '\A[A-Za-z]:\\[^\x00-\x1f]+\z') { continue }
        # Somebody may have a home on a disk of its own, which a link leads to.
        if ([System.IO.Directory]::Exists($folder)) { $found.Add($folder + [char] 1 + $id) }
    }
    $found.Sort([System.StringComparer]::Ordinal)
    $people = [System.Collections.ArrayList]::new()
    foreach ($one in $found) {
        if ($people.Count -ge 50) { break }
        $fields = $one.Split([char] 1)
        [void] $people.Add(@{ Folder = $fields[0]; Id = $fields[1]; Invoked = ''; Used = '' })
    }
    return , $people
}

function Set-SettingsFacts($Settings, $Places, $Winner, $Says) {
    $all = [System.Collections.Generic.List[string]]::new()
    foreach ($place in $Places) { $all.Add($place['Place'] + ':' + $place['State']) }
    if ($all.Count -eq 0) { Set-Fact 'set' 'no' }
    else { Set-Fact 'set' ([string]::Join('+', $all.ToArray())) }
    Set-Fact 'sett' $Settings['Changed']
    if ($null -eq $Winner) {
        Set-Fact 'blk' 'no'
        return
    }
    Set-Fact 'sum' (Get-WinnerDigest $Winner)
    if (-not $Says['Known']) { return }
    $words = $Says['Words']
    if (Test-Same $words['managedSourcesBehavior'] 'merge') { Set-Fact 'mix' 'merge' }
    else { Set-Fact 'mix' 'first' }
    Set-Fact 'blk' (ConvertTo-List @('all-off', 'sideload', 'only-managed', 'no-hooks') (Get-Blockers $words $Settings['Sources']))
}

$Administrator = $false
$People = [System.Collections.ArrayList]::new()
$word = 'unknown'
try {
    $Wanted = Read-Target
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = [System.Security.Principal.WindowsPrincipal]::new($identity)
    $Administrator = $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
    $now = [DateTime]::UtcNow
    $Tomorrow = ConvertTo-TimeText ($now.AddDays(1))
    # What was changed later need not have been restarted yet.
    $RestartLimit = ConvertTo-TimeText ($now.AddHours(0 - $Wanted['restartWithinHours']))
    $People = Get-People $identity.User.Value
}
catch {
    Write-UnknownLine
    exit 0
}

# These take longest, so they run meanwhile.
$packageList = $null
$processList = $null
try { $packageList = Start-PackageList } catch { }
try { $processList = Start-ProcessList } catch { }

Set-Fact 'os' 'windows'
Set-Fact 'pol' $Stamp
Set-Fact 'users' ($People.Count.ToString($AnyCulture))
if ($Administrator) { Set-Fact 'as' 'machine' }
else { Set-Fact 'as' 'user' }

# A part that fails leaves its facts out; what it failed for may quote a user's file, so nobody is told.
$places = $null
$isUndated = $true
$says = @{ Known = $false; Words = @{} }
try {
    $settings = Get-Settings $People
    $places = Get-Places $settings['Sources']
    $winner = Get-Winner $places
    $says = Get-WinnerWords $winner $settings['Sources']
    Set-SettingsFacts $settings $places $winner $says
    $isUndated = Test-Undated $places
}
catch {
    $places = $null
    $says = @{ Known = $false; Words = @{} }
    foreach ($key in @('set', 'mix', 'sum', 'sett', 'blk')) { $Facts.Remove($key) }
}
try { Set-HookFacts } catch { }
try { Set-CredentialFact $says['Known'] $says['Words'] } catch { }
$isCounted = $false
$isLooked = $false
try {
    if ($Wanted['keepsRecord']) { Set-InvocationFacts $People }
    $isCounted = $Wanted['keepsRecord']
}
catch { }
try {
    Set-ActivityFact $People
    $isLooked = $true
}
catch { }
try { Set-PluginFacts $People $says['Words'] $isLooked } catch { }
try { Set-CodeFact $People } catch { }
try { Set-WorkspaceFact $People } catch { }
$copies = [System.Collections.ArrayList]::new()
try {
    $packages = Wait-Background $packageList
    if ($packages['Known']) {
        $copies = Get-DesktopCopies $packages['Items'] $People
        Set-DesktopFacts $packages['Items'] $copies
    }
}
catch { }
try { Set-RunningFacts (Wait-Background $processList) $copies $isUndated } catch { }
try {
    if ($isCounted -and $isLooked) { Set-SilenceFacts $People $isUndated }
}
catch { }
try { $word = Get-Word $places } catch { }

if ($IsLate) { $Facts['lim'] = 'time' }
$Facts['t'] = ConvertTo-TimeText $now
Write-Line (ConvertTo-Line $word)
if ($Style -ceq 'status' -and $word -ceq 'repair') { exit 1 }
exit 0

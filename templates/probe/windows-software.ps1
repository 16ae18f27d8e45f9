
# ---- Claude Desktop and Claude Code: what is installed, and what runs ----

# Runs a cmdlet beside this script: packages and processes come from services that sometimes never answer.
function Start-Background([string] $Command, $Parameters) {
    $shell = [System.Management.Automation.PowerShell]::Create()
    [void] $shell.AddCommand($Command)
    foreach ($name in @($Parameters.get_Keys())) { [void] $shell.AddParameter($name, $Parameters[$name]) }
    return @{ Shell = $shell; Running = $shell.BeginInvoke() }
}

# What the cmdlet gave; Known is false where it failed. Waits no longer than the probe may take.
function Wait-Background($Work) {
    $items = [System.Collections.ArrayList]::new()
    $left = [int] [Math]::Max([long] 0, [long] $TimeLimit - [long] $Clock.ElapsedMilliseconds)
    if (-not $Work['Running'].AsyncWaitHandle.WaitOne($left)) {
        $script:IsLate = $true
        [void] $Work['Shell'].BeginStop($null, $null)
        return @{ Known = $false; Items = $items }
    }
    try {
        foreach ($item in $Work['Shell'].EndInvoke($Work['Running'])) { [void] $items.Add($item) }
        return @{ Known = $true; Items = $items }
    }
    catch { return @{ Known = $false; Items = $items } }
}

function Start-PackageList {
    $parameters = @{ Name = 'Claude'; ErrorAction = 'Stop' }
    if ($Administrator) { $parameters['AllUsers'] = $true }
    return Start-Background 'Get-AppxPackage' $parameters
}

function Start-ProcessList {
    return Start-Background 'Get-CimInstance' @{
        ClassName           = 'Win32_Process'
        Filter              = "Name = 'claude.exe' OR CommandLine LIKE '%claude-code%cli.js%'"
        Property            = [string[]] @('Name', 'CreationDate', 'ExecutablePath', 'CommandLine')
        OperationTimeoutSec = [uint32] 3
        ErrorAction         = 'Stop'
    }
}

# Whether a package is set up for somebody, not only waiting on the disk. Without administrator rights only those are seen.
function Test-Registered($Package) {
    if (-not $Administrator) { return $true }
    foreach ($one in @($Package.PackageUserInformation)) {
        if ($null -ne $one -and ("$($one.InstallState)" -ceq 'Installed')) { return $true }
    }
    return $false
}

# A version as the line writes it; no text where it is none. The fourth part of a package's version is always 0.
function Get-ShortVersion([string] $Text) {
    $found = [System.Text.RegularExpressions.Regex]::Match($Text, '\A([0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9})(?:\.[0-9]{1,9})?\z')
    if (-not $found.Success) { return '' }
    return $found.Groups[1].Value
}

# Every copy of Claude Desktop: 'package' or its folder in small letters, its version, and when it was put there.
function Get-DesktopCopies($Packages, $Users) {
    $copies = [System.Collections.ArrayList]::new()
    foreach ($package in $Packages) {
        $version = Get-ShortVersion "$($package.Version)"
        [void] $copies.Add(@{ Origin = 'package'; Version = $version; Time = (Get-CreatedTime "$($package.InstallLocation)") })
    }
    foreach ($user in $Users) {
        $below = 'AppData\Local\AnthropicClaude'
        if ((Get-KindBelow $user['Folder'] $below) -cne 'folder') { continue }
        $highest = ''
        foreach ($name in (Get-Names ($user['Folder'] + '\' + $below))) {
            $found = [System.Text.RegularExpressions.Regex]::Match($name, '\Aapp-([0-9]{1,9}(?:\.[0-9]{1,9}){1,3})\z')
            if (-not $found.Success) { continue }
            $version = $found.Groups[1].Value
            if ($highest -ceq '' -or (Compare-Version $version $highest) -gt 0) { $highest = $version }
        }
        if ($highest -ceq '') { continue }
        $folder = $user['Folder'] + '\' + $below
        [void] $copies.Add(@{ Origin = $folder.ToLowerInvariant(); Version = $highest; Time = (Get-CreatedTime ($folder + '\app-' + $highest)) })
    }
    return , $copies
}

function Set-DesktopFacts($Packages, $Copies) {
    $state = 'none'
    foreach ($package in $Packages) {
        if (Test-Registered $package) { $state = 'registered' }
        elseif ($state -ceq 'none') { $state = 'staged' }
    }
    Set-Fact 'pkg' $state
    $lowest = $null
    foreach ($copy in $Copies) {
        # One that cannot be told may be the lowest.
        if ($copy['Version'] -ceq '') { return }
        if ($null -eq $lowest -or (Compare-Version $copy['Version'] $lowest['Version']) -lt 0) { $lowest = $copy }
    }
    if ($null -eq $lowest) {
        Set-Fact 'app' 'none'
        return
    }
    Set-Fact 'app' $lowest['Version']
    Set-Fact 'appt' $lowest['Time']
}

# The lowest version that npm has put into a home folder. Other ways to install it are not looked at.
function Set-CodeFact($Users) {
    $lowest = ''
    foreach ($user in $Users) {
        $package = Read-ObjectBelow $user['Folder'] 'AppData\Roaming\npm\node_modules\@anthropic-ai\claude-code\package.json'
        if ($null -eq $package) { continue }
        $version = $package['version']
        if ($version -isnot [string] -or $version -cnotmatch '\A[0-9][0-9A-Za-z.]{0,39}\z') { continue }
        if ($lowest -ceq '' -or (Compare-Version $version $lowest) -lt 0) { $lowest = $version }
    }
    # Nothing found is no absence: then this sets nothing.
    Set-Fact 'code' $lowest
}

# The first two words of a command line, in small letters, with / for \ and without .exe.
function Get-CommandWords([string] $Command) {
    $words = [System.Collections.Generic.List[string]]::new()
    foreach ($found in [System.Text.RegularExpressions.Regex]::Matches($Command, '"([^"]*)"|(\S+)')) {
        $word = $found.Groups[1].Value + $found.Groups[2].Value
        $words.Add($word.ToLowerInvariant().Replace('\', '/'))
        if ($words.Count -eq 2) { break }
    }
    while ($words.Count -lt 2) { $words.Add('') }
    if ($words[0].EndsWith('.exe', [System.StringComparison]::Ordinal)) { $words[0] = $words[0].Substring(0, $words[0].Length - 4) }
    return , $words.ToArray()
}

$AnyCase = [System.Text.RegularExpressions.RegexOptions] 'IgnoreCase, CultureInvariant'
$DesktopProgram = [System.Text.RegularExpressions.Regex]::new('\A(?:.*\\WindowsApps\\Claude_([0-9.]+)_[^\\]*|(.*\\AnthropicClaude)\\app-([0-9.]+))\\(?:.*\\)?claude\.exe\z', $AnyCase)
$DesktopFolder = [System.Text.RegularExpressions.Regex]::new('\\(?:WindowsApps|AnthropicClaude)\\', $AnyCase)

# Kind is 'desktop', 'code' or 'other', with the copy that the program is of, and the version in its path.
function Get-ProcessKind([string] $Program, [string] $Command) {
    $found = $DesktopProgram.Match($Program)
    if ($found.Success) {
        if ($Command.IndexOf('--type=', [System.StringComparison]::Ordinal) -ge 0) { return @{ Kind = 'other' } }
        if ($found.Groups[1].Success) { return @{ Kind = 'desktop'; Origin = 'package'; Version = (Get-ShortVersion $found.Groups[1].Value) } }
        return @{ Kind = 'desktop'; Origin = $found.Groups[2].Value.ToLowerInvariant(); Version = $found.Groups[3].Value }
    }
    if ($DesktopFolder.IsMatch($Program)) { return @{ Kind = 'other' } }
    $words = Get-CommandWords $Command
    if ($words[0] -ceq 'claude' -or $words[0].EndsWith('/claude', [System.StringComparison]::Ordinal)) { return @{ Kind = 'code' } }
    if ($words[1].EndsWith('/claude-code/cli.js', [System.StringComparison]::Ordinal)) { return @{ Kind = 'code' } }
    return @{ Kind = 'other' }
}

function Set-RunningFacts($Processes, $Copies, [bool] $IsUndated) {
    if (-not $Processes['Known']) { return }
    $desktop = 'no'
    $code = 'no'
    foreach ($process in $Processes['Items']) {
        if ($null -eq $process.CreationDate) { continue }
        $started = ConvertTo-TimeText $process.CreationDate
        $program = "$($process.ExecutablePath)"
        $command = "$($process.CommandLine)"
        if ($command -ceq '') { $command = '"' + $program + '"' }
        if ($program -ceq '') { $program = $command }
        $kind = Get-ProcessKind $program $command
        if ($kind['Kind'] -ceq 'desktop') {
            $copy = Get-OwnCopy $kind['Origin'] $Copies
            $state = Get-DesktopState $started $kind['Version'] $copy $IsUndated
            $desktop = Get-Worst @('old-version', 'before-change', 'open', 'current', 'no') $desktop $state
        }
        if ($kind['Kind'] -ceq 'code') {
            $state = 'current'
            if (Test-Before $started (Get-Fact 'sett')) { $state = 'before-change' }
            $code = Get-Worst @('before-change', 'current', 'no') $code $state
        }
    }
    if ($desktop -cne 'open') { Set-Fact 'run' $desktop }
    # Settings without a time may have changed since anything was started.
    if ($code -cne 'current' -or -not $IsUndated) { Set-Fact 'crun' $code }
}

# The copy that a process is of, the highest of several; $null without one.
function Get-OwnCopy([string] $Origin, $Copies) {
    $highest = $null
    foreach ($copy in $Copies) {
        if ($copy['Version'] -ceq '' -or -not (Test-Same $copy['Origin'] $Origin)) { continue }
        if ($null -eq $highest -or (Compare-Version $copy['Version'] $highest['Version']) -gt 0) { $highest = $copy }
    }
    return $highest
}

# 'open' where it cannot be told.
function Get-DesktopState([string] $Started, [string] $Version, $Copy, [bool] $IsUndated) {
    if ($null -ne $Copy) {
        if (Test-Before $Started $Copy['Time']) { return 'old-version' }
        if ($Version -cne '' -and (Compare-Version $Version $Copy['Version']) -lt 0) { return 'old-version' }
    }
    if (Test-Before $Started (Get-Fact 'sett')) { return 'before-change' }
    if ($null -eq $Copy -or $IsUndated) { return 'open' }
    if ($Copy['Time'] -ceq '' -or (Test-Before $Started (Get-Fact 'plugt'))) { return 'open' }
    return 'current'
}

function Get-Worst([string[]] $Order, [string] $One, [string] $Other) {
    foreach ($state in $Order) {
        if ($One -ceq $state -or $Other -ceq $state) { return $state }
    }
    return $One
}

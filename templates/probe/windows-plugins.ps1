
# ---- Plugins ----

# Whether a version is there and another than the pinned one.
function Test-OtherVersion($Version, [string] $Pinned) {
    return ($Pinned -cne '' -and $Version -is [string] -and -not (Test-Same $Version $Pinned))
}

function Get-CacheProblem($Installed, $Plugin) {
    if (-not (Test-Object $Installed)) { return 'missing' }
    $all = $Installed['plugins']
    if (-not (Test-Object $all)) { return 'missing' }
    $entries = $all[$Plugin['Name'] + '@' + $Plugin['Marketplace']]
    if ($entries -isnot [System.Collections.ArrayList] -or $entries.Count -eq 0) { return 'missing' }
    foreach ($entry in $entries) {
        if ((Test-Object $entry) -and (Test-OtherVersion $entry['version'] $Plugin['Version'])) { return 'stale-cache' }
    }
    return ''
}

# The entries of a list of plugins in an object; none where there is no such list.
function Get-PluginEntries($Object) {
    $entries = [System.Collections.ArrayList]::new()
    if (Test-Object $Object) {
        $all = $Object['plugins']
        if ($all -is [System.Collections.ArrayList]) {
            foreach ($entry in $all) {
                if (Test-Object $entry) { [void] $entries.Add($entry) }
            }
        }
    }
    return , $entries
}

function Test-StaleClone($User, $Plugin) {
    if ($Plugin['Version'] -ceq '') { return $false }
    $below = '.claude\plugins\marketplaces\' + $Plugin['Marketplace'] + '\.claude-plugin\marketplace.json'
    foreach ($entry in (Get-PluginEntries (Read-ObjectBelow $User['Folder'] $below))) {
        if ((Test-Same $entry['name'] $Plugin['Name']) -and (Test-OtherVersion $entry['version'] $Plugin['Version'])) { return $true }
    }
    return $false
}

# What sessions of Claude Desktop have taken along: each entry, with the folder its manifest is in.
function Get-SessionEntries($User) {
    $entries = [System.Collections.ArrayList]::new()
    $manifests = 0
    foreach ($data in @('AppData\Roaming\Claude', 'AppData\Local\Packages\Claude_pzs8sxrjxfjjc\LocalCache\Roaming\Claude')) {
        $sessions = $data + '\local-agent-mode-sessions'
        if ((Get-KindBelow $User['Folder'] $sessions) -cne 'folder') { continue }
        foreach ($account in (Get-Names ($User['Folder'] + '\' + $sessions))) {
            $accountFolder = $sessions + '\' + $account
            foreach ($group in (Get-Names ($User['Folder'] + '\' + $accountFolder))) {
                Assert-Time
                $below = $accountFolder + '\' + $group + '\rpm'
                $manifest = $below + '\manifest.json'
                if ($manifests -ge 50 -or (Get-KindBelow $User['Folder'] $manifest) -cne 'file') { continue }
                $manifests++
                foreach ($entry in (Get-PluginEntries (Read-ObjectBelow $User['Folder'] $manifest))) {
                    [void] $entries.Add(@{ Entry = $entry; Below = $below })
                }
            }
        }
    }
    return , $entries
}

function Test-StaleSession($User, $Plugin, $SessionEntries) {
    if ($Plugin['Version'] -ceq '') { return $false }
    foreach ($session in $SessionEntries) {
        $entry = $session['Entry']
        if (-not (Test-Same $entry['name'] $Plugin['Name']) -or -not (Test-Same $entry['marketplaceName'] $Plugin['Marketplace'])) { continue }
        $id = $entry['id']
        if ($id -isnot [string] -or $id -cnotmatch '\A[A-Za-z0-9_.-]{1,200}\z') { continue }
        if (-not $id.StartsWith('plugin_', [System.StringComparison]::Ordinal)) { $id = 'plugin_' + $id }
        $taken = Read-ObjectBelow $User['Folder'] ($session['Below'] + '\' + $id + '\.claude-plugin\plugin.json')
        if ((Test-Object $taken) -and (Test-OtherVersion $taken['version'] $Plugin['Version'])) { return $true }
    }
    return $false
}

# Whether a plugin of the same name from another place is turned on.
function Test-Clash($Settings, $Plugin) {
    if (-not (Test-Object $Settings)) { return $false }
    $enabled = $Settings['enabledPlugins']
    if (-not (Test-Object $enabled)) { return $false }
    $start = $Plugin['Name'] + '@'
    foreach ($key in @($enabled.get_Keys())) {
        if (-not $key.StartsWith($start, [System.StringComparison]::Ordinal)) { continue }
        if (-not (Test-Same $key ($start + $Plugin['Marketplace'])) -and (Test-True $enabled[$key])) { return $true }
    }
    return $false
}

# Only who used a tool since the settings changed had reason to install one; $IsLooked is false where that is not known.
function Set-PluginFacts($Users, $WinnerWords, [bool] $IsLooked) {
    if ($Wanted['plugin'].Count -eq 0) {
        Set-Fact 'plug' (ConvertTo-Ratio 0 0)
        Set-Fact 'plugbad' (ConvertTo-List @() @())
        return
    }
    $problems = [System.Collections.Generic.List[string]]::new()
    $bad = [System.Collections.Generic.List[string]]::new()
    $changed = ''
    $isUsed = $false
    $isOpen = -not $IsLooked
    foreach ($user in $Users) {
        Assert-Time
        $below = '.claude\plugins\installed_plugins.json'
        $read = Read-FileBelow $user['Folder'] $below $MostBytes $false
        $kind = $read['Kind']
        if ($kind -ceq 'bytes' -or $kind -ceq 'denied') { $changed = Get-Later $changed (Get-ModifiedTime ($user['Folder'] + '\' + $below)) }
        if ($user['Used'] -ceq '' -or (Test-Before $user['Used'] (Get-Fact 'sett'))) { continue }
        $isUsed = $true
        $installed = $null
        if ($kind -ceq 'bytes') { $installed = ConvertFrom-JsonBytes $read['Bytes'] }
        # What cannot be read may hold the plugin.
        if ($kind -ceq 'denied' -or ($kind -ceq 'bytes' -and $null -eq $installed)) { $isOpen = $true }
        $settings = Read-ObjectBelow $user['Folder'] '.claude\settings.json'
        $sessions = Get-SessionEntries $user
        foreach ($plugin in $Wanted['plugin']) {
            $found = [System.Collections.Generic.List[string]]::new()
            $cache = Get-CacheProblem $installed $plugin
            if ($cache -cne '') { $found.Add($cache) }
            if (Test-StaleClone $user $plugin) { $found.Add('stale-clone') }
            if (Test-StaleSession $user $plugin $sessions) { $found.Add('stale-session') }
            if ((Test-Clash $WinnerWords $plugin) -or (Test-Clash $settings $plugin)) { $found.Add('clash') }
            foreach ($problem in $found) { $problems.Add($problem) }
            $name = $plugin['Name'] + '@' + $plugin['Marketplace']
            if ($found.Count -gt 0 -and -not $bad.Contains($name)) { $bad.Add($name) }
        }
    }
    Set-Fact 'plugt' $changed
    if ($isOpen -or -not $isUsed) { return }
    Set-Fact 'plug' (ConvertTo-Ratio ($Wanted['plugin'].Count - $bad.Count) ($Wanted['plugin'].Count))
    Set-Fact 'plugbad' (ConvertTo-List @('missing', 'stale-clone', 'stale-cache', 'stale-session', 'clash') ($problems.ToArray()))
}

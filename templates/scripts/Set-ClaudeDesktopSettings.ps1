#Requires -Version 5.1
<#
.SYNOPSIS
Puts the policy of Claude Desktop into the registry of this machine.

.DESCRIPTION
Values under HKLM\SOFTWARE\Policies\Claude (https://claude.com/docs/third-party/claude-desktop/configuration, 2026-08). Claude
Desktop reads them when it is launched: quit it fully and open it again.

As soon as there is any REG_SZ, REG_EXPAND_SZ or REG_DWORD under this key, even an empty one, Claude Desktop leaves the
values under HKCU aside. Whatever is to hold must then stand here. (Before 1.19367.0 both were joined.)

Values that this script does not write are left alone and named. The values are the block of base64 below; nothing of
them is ever part of a command. They are written one by one: if that is interrupted, run the script again.

.PARAMETER Check
Changes nothing. Ends with 0: in place; 1: differs; 2: cannot tell.

.PARAMETER Remove
Removes those values that are the ones this script writes.

.NOTES
Ends with 0 when done, 1 when it failed.
#>
[CmdletBinding()]
param(
    [switch] $Check,
    [switch] $Remove
)

@@PART power-shell-start.ps1@@
@@PART registry-policy.ps1@@

$PolicyKey = 'SOFTWARE\Policies\Claude'
$ValuesDigest = '@@VALUES_DIGEST@@'
# Name, type and value of each, with a NUL between them: no registry text can hold one.
$Values = @'
@@VALUES@@
'@

function Get-WantedValues {
    $parts = (ConvertFrom-Data $Values $ValuesDigest).Split([char] 0)
    for ($index = 0; $index + 2 -lt $parts.Length; $index += 3) {
        if ($parts[$index + 1] -ceq 'dword') {
            $number = [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32]::Parse($parts[$index + 2], [System.Globalization.CultureInfo]::InvariantCulture)), 0)
            Write-Output @{ Name = $parts[$index]; Kind = [Microsoft.Win32.RegistryValueKind]::DWord; Value = $number }
        }
        else {
            Write-Output @{ Name = $parts[$index]; Kind = [Microsoft.Win32.RegistryValueKind]::String; Value = $parts[$index + 2] }
        }
    }
}

function Test-InPlace($Wanted) {
    $present = Get-PolicyValue $PolicyKey $Wanted.Name
    if ($null -eq $present -or $present.Kind -ne $Wanted.Kind) { return $false }
    if ($Wanted.Kind -eq [Microsoft.Win32.RegistryValueKind]::DWord) { return $present.Value -eq $Wanted.Value }
    return Test-SameText $present.Value $Wanted.Value
}

function Get-ValueNames {
    $machine = Open-Machine
    $policy = $machine.OpenSubKey($PolicyKey, $false)
    try {
        if ($null -ne $policy) { Write-Output $policy.GetValueNames() }
    }
    finally {
        if ($null -ne $policy) { $policy.Close() }
        $machine.Close()
    }
}

# Names on one line, without characters that a terminal would act on.
function Get-NameList($Names) {
    return (@($Names) | ForEach-Object { if ($_ -eq '') { '(default)' } else { $_ -creplace '[^\x21-\x7e]', '?' } }) -join ', '
}

function Write-Others($Wanted) {
    $ours = @($Wanted | ForEach-Object { $_.Name })
    $others = @(Get-ValueNames | Where-Object { $ours -notcontains $_ })
    if ($others.Count -gt 0) { Write-Output ('Left alone, not from this bundle: ' + (Get-NameList $others) + '.') }
}

Stop-InConstrainedLanguage $(if ($Check) { 2 } else { 1 })
try {
    if ($Check -and $Remove) { throw 'give -Check or -Remove, not both' }
    $wanted = @(Get-WantedValues)
    $different = @($wanted | Where-Object { -not (Test-InPlace $_) })
    if ($Check) {
        Write-Others $wanted
        if ($different.Count -eq 0) {
            Write-Output 'in place.'
            exit 0
        }
        Write-Output ('differs: ' + (Get-NameList @($different | ForEach-Object { $_.Name })) + '.')
        exit 1
    }
    Assert-Administrator
    if ($Remove) {
        $ours = @($wanted | Where-Object { Test-InPlace $_ })
        foreach ($value in $ours) { Remove-PolicyValue $PolicyKey $value.Name }
        Write-Output ('removed: ' + $ours.Count + ' values.')
        $left = @(Get-ValueNames)
        if ($left.Count -gt 0) {
            Write-Output ('Left alone: ' + (Get-NameList $left) + '. While any value is left here, the values under HKCU do not count.')
        }
        exit 0
    }
    foreach ($value in $different) { Set-PolicyValue $PolicyKey $value.Name $value.Value $value.Kind }
    if (@($wanted | Where-Object { -not (Test-InPlace $_) }).Count -gt 0) { throw 'the registry does not hold what was written' }
    Write-Others $wanted
    if ($different.Count -eq 0) { Write-Output 'unchanged.' }
    else { Write-Output ('installed: ' + $different.Count + ' values. Quit Claude Desktop fully and open it again.') }
    Write-Output 'With values under HKLM, Claude Desktop leaves its policy under HKCU aside.'
    exit 0
}
catch {
    Write-Output ('Failed: ' + (Get-Reason $_) + '.')
    if ($Check) { exit 2 }
    exit 1
}

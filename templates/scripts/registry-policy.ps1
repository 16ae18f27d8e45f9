
# The 64-bit view, whichever PowerShell runs this.
function Open-Machine {
    return [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
}

# Kind and value as they are stored; $null where there is no such value.
function Get-PolicyValue([string] $Key, [string] $Name) {
    $machine = Open-Machine
    $policy = $machine.OpenSubKey($Key, $false)
    try {
        if ($null -eq $policy -or @($policy.GetValueNames()) -notcontains $Name) { return $null }
        return @{
            Kind  = $policy.GetValueKind($Name)
            Value = $policy.GetValue($Name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
        }
    }
    finally {
        if ($null -ne $policy) { $policy.Close() }
        $machine.Close()
    }
}

function Set-PolicyValue([string] $Key, [string] $Name, $Value, [Microsoft.Win32.RegistryValueKind] $Kind) {
    $machine = Open-Machine
    $policy = $machine.CreateSubKey($Key)
    try {
        $policy.SetValue($Name, $Value, $Kind)
        $policy.Flush()
    }
    finally {
        $policy.Close()
        $machine.Close()
    }
}

function Remove-PolicyValue([string] $Key, [string] $Name) {
    $machine = Open-Machine
    $policy = $machine.OpenSubKey($Key, $true)
    try {
        if ($null -ne $policy) { $policy.DeleteValue($Name, $false) }
    }
    finally {
        if ($null -ne $policy) { $policy.Close() }
        $machine.Close()
    }
}

# Exactly this text: the operators of PowerShell take texts as equal that differ in characters nobody sees.
function Test-SameText([string] $One, [string] $Other) {
    return [string]::Equals($One, $Other, [StringComparison]::Ordinal)
}
# ---- End of the shared part ----

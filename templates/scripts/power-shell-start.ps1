# ---- Shared by the PowerShell scripts of this bundle ----
# Pure ASCII: Windows PowerShell 5.1 reads a script without byte order mark in the code page of the machine.
# Needs Full Language Mode, for [Convert] and [Microsoft.Win32.RegistryKey]. Under App Control or AppLocker a script that
# is not signed or allowed runs in Constrained Language Mode, where these types are closed: sign it then.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
# The modules this PowerShell came with: a parent process of another edition leaves its own folders here, and they do not load.
$env:PSModulePath = "$PSHOME\Modules"

function Stop-InConstrainedLanguage([int] $Code) {
    if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
        Write-Output 'Failed: this PowerShell runs in Constrained Language Mode. Sign the script, or run it from the management agent.'
        exit $Code
    }
}

function Assert-Administrator {
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList $identity
    if (-not $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)) {
        throw 'this needs administrator rights'
    }
}

# A text of this script, or the kind of a system error: never its message, which may quote settings.
function Get-Reason($ErrorRecord) {
    if ($ErrorRecord.Exception -is [System.Management.Automation.RuntimeException] -and $ErrorRecord.Exception.WasThrownFromThrowStatement) {
        return $ErrorRecord.Exception.Message
    }
    return $ErrorRecord.Exception.GetBaseException().GetType().Name
}

function Get-Digest([byte[]] $Bytes) {
    # Also allowed where only validated cryptography is.
    $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    return [BitConverter]::ToString($algorithm.ComputeHash($Bytes)).Replace('-', '').ToLowerInvariant()
}

function ConvertFrom-Data([string] $Text, [string] $Digest) {
    $bytes = [Convert]::FromBase64String($Text)
    if ((Get-Digest $bytes) -cne $Digest) { throw 'the data of this script does not match its digest: the script was changed' }
    return (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false, $true).GetString($bytes)
}

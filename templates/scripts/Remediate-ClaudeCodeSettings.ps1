#Requires -Version 5.1
# Intune remediation, remediation script: puts the managed settings of Claude Code in place.
# Upload together with Detect-ClaudeCodeSettings.ps1 of the same bundle: both hold the same settings.
# Telemetry is set up once, when a client starts: sessions that run now keep what they have.
# Ends with 0 when the settings are in place, 1 when it failed. Prints one line of fixed text.

@@PART power-shell-start.ps1@@
@@PART registry-policy.ps1@@
@@PART claude-code-settings.ps1@@

Stop-InConstrainedLanguage 1
try {
    $wanted = Get-Wanted
    if ((Get-State $wanted.Text) -eq 'in place') {
        Write-Output ('Claude Code settings: unchanged.' + $wanted.Notes)
        exit 0
    }
    Assert-Administrator
    Set-Settings $wanted.Text
    Write-Output ('Claude Code settings: installed.' + $wanted.Notes)
    exit 0
}
catch {
    Write-Output ('Claude Code settings: failed (' + (Get-Reason $_) + ').')
    exit 1
}

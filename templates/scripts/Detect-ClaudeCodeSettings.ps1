#Requires -Version 5.1
# Intune remediation, detection script: are the managed settings of Claude Code in place?
# Upload together with Remediate-ClaudeCodeSettings.ps1 of the same bundle: both hold the same settings.
# In Intune: run with the logged-on credentials: no. 64-bit PowerShell: either. Signature check: only if you sign both.
# Ends with 0: in place; 1: remediation is needed, also where nothing can be told. Prints one line of fixed text: Intune
# keeps 2,048 characters, and Microsoft asks for no personal data in them
# (https://learn.microsoft.com/en-us/mem/intune/fundamentals/remediations, text of 2023).

@@PART power-shell-start.ps1@@
@@PART registry-policy.ps1@@
@@PART claude-code-settings.ps1@@

Stop-InConstrainedLanguage 1
try {
    $wanted = Get-Wanted
    $state = Get-State $wanted.Text
    if ($state -eq 'in place') {
        Write-Output ('Claude Code settings: in place.' + $wanted.Notes)
        exit 0
    }
    Write-Output ('Claude Code settings: ' + $state + '.' + $wanted.Notes)
    exit 1
}
catch {
    Write-Output ('Claude Code settings: cannot tell (' + (Get-Reason $_) + ').')
    exit 1
}

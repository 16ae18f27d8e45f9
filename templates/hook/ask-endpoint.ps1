
# ---- The policy endpoint ----

# A decision without an answer: the status is that of the endpoint, 0 where none came.
function New-NoAnswer([string] $Reason, [int] $Status) {
    return @{ Decision = 'unsure'; Reason = $Reason; Status = $Status.ToString($AnyCulture) }
}

# Milliseconds that are left of the time for the endpoint.
function Get-Left([long] $End) {
    return [int] [Math]::Max([long] 0, $End - [long] $Clock.ElapsedMilliseconds)
}

# The value of the header; no text where there should be one and is none.
function Read-Authorization([string] $Path) {
    $text = Read-TrustedText $Path
    if ($null -eq $text) { return '' }
    $value = $text.Split([char] 10)[0].Replace("`r", '')
    if ($value.Length -gt 4000 -or $value -cnotmatch '\A[ !#-\[\]-~]+\z') { return '' }
    return $value
}

# Every wait has the end of the time in view: name, connection, TLS and a body that drips.
function Get-EndpointDecision($Configuration, [string] $Envelope) {
    $authorization = ''
    if ($Configuration['Authorization'] -cne '') {
        $authorization = Read-Authorization $Configuration['Authorization']
        if ($authorization -ceq '') { return New-NoAnswer 'authorization' 0 }
    }
    $end = [long] $Clock.ElapsedMilliseconds + 1000 * [long] $Configuration['Timeout']
    $status = 0
    try {
        # Windows PowerShell does not load it by itself.
        [void] [System.Reflection.Assembly]::Load('System.Net.Http, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b03f5f7f11d50a3a')
        [System.Net.ServicePointManager]::SecurityProtocol = [System.Net.ServicePointManager]::SecurityProtocol -bor [System.Net.SecurityProtocolType]::Tls12
        $handler = New-Object -TypeName System.Net.Http.HttpClientHandler
        $handler.AllowAutoRedirect = $false
        $handler.UseCookies = $false
        if ($Configuration['Address'].StartsWith('http:', [System.StringComparison]::Ordinal)) { $handler.UseProxy = $false }
        $client = New-Object -TypeName System.Net.Http.HttpClient -ArgumentList $handler
        $client.Timeout = [TimeSpan]::FromSeconds(120)
        $message = New-Object -TypeName System.Net.Http.HttpRequestMessage -ArgumentList ([System.Net.Http.HttpMethod]::Post), $Configuration['Address']
        $message.Headers.ExpectContinue = $false
        [void] $message.Headers.TryAddWithoutValidation('User-Agent', 'fleet-hook')
        if ($authorization -cne '') { [void] $message.Headers.TryAddWithoutValidation('Authorization', $authorization) }
        $message.Content = New-Object -TypeName System.Net.Http.StringContent -ArgumentList $Envelope, $Utf8, 'application/json'

        $sending = $client.SendAsync($message, [System.Net.Http.HttpCompletionOption]::ResponseHeadersRead)
        if (-not $sending.Wait((Get-Left $end))) { return New-NoAnswer 'timeout' 0 }
        $response = $sending.Result
        $status = [int] $response.StatusCode
        if ($status -lt 200 -or $status -gt 299) { return New-NoAnswer 'endpoint' $status }

        $opening = $response.Content.ReadAsStreamAsync()
        if (-not $opening.Wait((Get-Left $end))) { return New-NoAnswer 'timeout' $status }
        $stream = $opening.Result
        $all = [System.IO.MemoryStream]::new()
        $buffer = [byte[]]::new(8192)
        while ($true) {
            $reading = $stream.ReadAsync($buffer, 0, $buffer.Length)
            if (-not $reading.Wait((Get-Left $end))) { return New-NoAnswer 'timeout' $status }
            $got = [int] $reading.Result
            if ($got -le 0) { break }
            $all.Write($buffer, 0, $got)
            if ($all.Length -gt 65536) { return New-NoAnswer 'endpoint' $status }
        }
        $members = Read-Members ($all.ToArray()) @('decision', 'reason')
        $decision = Get-MemberText $members 'decision'
        if ($members['State'] -cne 'whole' -or $decision -cnotmatch '\A(?:allow|ask|deny)\z') { return New-NoAnswer 'endpoint' $status }
        return @{ Decision = $decision; Reason = (Get-ShownReason (Get-MemberText $members 'reason')); Status = $status.ToString($AnyCulture) }
    }
    # What failed may quote the address or the header: nobody is told.
    catch { return New-NoAnswer 'endpoint' $status }
}

function Get-ShownReason([string] $Text) {
    $shown = [System.Text.RegularExpressions.Regex]::Replace($Text, '[\t\r\n]', ' ')
    $shown = [System.Text.RegularExpressions.Regex]::Replace($shown, '[^ -~]', '?')
    if ($shown.Length -gt 200) { return $shown.Substring(0, 200) }
    return $shown
}

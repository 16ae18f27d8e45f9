
# ---- JSON ----
# Strict (RFC 8259). ConvertFrom-Json is not: it takes comments and single quotes, and fails where two names differ only
# in case, as the folders in .claude.json do. Objects become tables that tell upper from lower case; their members are
# asked for with [] alone, because a dot would find a member such as Count before the property.

$Blank = [char[]] @([char] 32, [char] 9, [char] 13, [char] 10)
$MostTokens = 200000
$JsonToken = [System.Text.RegularExpressions.Regex]::new('\G[ \t\r\n]*([{}\[\]:,]|"(?>[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"|true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)')

# The text of a token in quotes. The token has been checked: only escapes of JSON stand in it, and Regex knows all of them.
function ConvertFrom-JsonText([string] $Token) {
    $inner = $Token.Substring(1, $Token.Length - 2)
    if ($inner.IndexOf([char] 92) -lt 0) { return $inner }
    return [System.Text.RegularExpressions.Regex]::Unescape($inner)
}

# The object of a JSON text; $null where it is none. Numbers matter to nobody here and are read as null.
function ConvertFrom-StrictJson([string] $Text) {
    $open = [System.Collections.ArrayList]::new()
    $container = $null
    $root = $null
    $name = ''
    $state = 'value'
    $position = 0
    $count = 0
    $match = $JsonToken.Match($Text)
    while ($match.Success) {
        $count++
        if ($count -gt $MostTokens) { return $null }
        if (($count % 500) -eq 0) { Assert-Time }
        $position = $match.Index + $match.Length
        $token = $match.Groups[1].Value
        $match = $match.NextMatch()

        if ($state -ceq 'colon') {
            if ($token -cne ':') { return $null }
            $state = 'value'
            continue
        }
        if ($token -ceq ':') { return $null }
        if ($token -ceq ',') {
            if ($state -cne 'after' -or $null -eq $container) { return $null }
            if ($container -is [System.Collections.Hashtable]) { $state = 'name' }
            else { $state = 'value' }
            continue
        }
        if ($token -ceq '}' -or $token -ceq ']') {
            if ($null -eq $container) { return $null }
            $isObject = $container -is [System.Collections.Hashtable]
            if (($token -ceq '}') -ne $isObject) { return $null }
            if ($state -cne 'after' -and $state -cne 'first name' -and $state -cne 'first value') { return $null }
            $open.RemoveAt($open.Count - 1)
            $container = $null
            if ($open.Count -gt 0) { $container = $open[$open.Count - 1] }
            $state = 'after'
            continue
        }
        if ($state -ceq 'name' -or $state -ceq 'first name') {
            if ($token[0] -cne [char] 34) { return $null }
            $name = ConvertFrom-JsonText $token
            $state = 'colon'
            continue
        }
        if ($state -ceq 'after') { return $null }

        $value = $null
        $state = 'after'
        if ($token -ceq '{') {
            $value = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)
            $state = 'first name'
        }
        elseif ($token -ceq '[') {
            $value = [System.Collections.ArrayList]::new()
            $state = 'first value'
        }
        elseif ($token[0] -ceq [char] 34) { $value = ConvertFrom-JsonText $token }
        elseif ($token -ceq 'true') { $value = $true }
        elseif ($token -ceq 'false') { $value = $false }

        if ($null -eq $container) { $root = $value }
        elseif ($container -is [System.Collections.Hashtable]) { $container[$name] = $value }
        else { [void] $container.Add($value) }
        if ($state -cne 'after') {
            [void] $open.Add($value)
            $container = $value
        }
    }
    if ($state -cne 'after' -or $open.Count -gt 0) { return $null }
    if ($Text.Substring($position).Trim($Blank).Length -gt 0) { return $null }
    if ($root -isnot [System.Collections.Hashtable]) { return $null }
    return $root
}

# The object of some bytes; $null where they are no JSON object. Bytes that are no UTF-8 break nothing, as in the clients.
function ConvertFrom-JsonBytes([byte[]] $Bytes) {
    $skip = 0
    if ($Bytes.Length -ge 3 -and $Bytes[0] -eq 0xef -and $Bytes[1] -eq 0xbb -and $Bytes[2] -eq 0xbf) { $skip = 3 }
    return ConvertFrom-StrictJson ($Utf8.GetString($Bytes, $skip, $Bytes.Length - $skip))
}

function Test-Object($Value) {
    return $Value -is [System.Collections.Hashtable]
}

function Test-True($Value) {
    return ($Value -is [bool] -and $Value)
}

# Exactly this text; the operators of PowerShell take texts as equal that differ in characters nobody sees.
function Test-Same($One, [string] $Other) {
    return ($One -is [string] -and [string]::Equals($One, $Other, [System.StringComparison]::Ordinal))
}

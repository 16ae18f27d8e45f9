
# ---- JSON ----
# Members of one object, strictly (RFC 8259), without building what is in it. ConvertFrom-Json takes more than JSON and
# fails for names that differ only in case; and an event that was cut off at its limit is still known as far as it came.

$Token = [System.Text.RegularExpressions.Regex]::new('\G[ \t\r\n]*([{}\[\]:,]|"(?>[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"|true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)')
# The start of a token, up to the end of the text.
$TornToken = [System.Text.RegularExpressions.Regex]::new('\A[ \t\r\n]*(?:"(?>[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*(?:\\(?:u[0-9A-Fa-f]{0,3})?)?|t(?:r|ru)?|f(?:a|al|als)?|n(?:u|ul)?|-|\.|[eE][+-]?)?\z')

function ConvertFrom-JsonText([string] $Quoted) {
    $inner = $Quoted.Substring(1, $Quoted.Length - 2)
    if ($inner.IndexOf([char] 92) -lt 0) { return $inner }
    # Only escapes of JSON stand in a token, and Regex knows all of them.
    return [System.Text.RegularExpressions.Regex]::Unescape($inner)
}

# State is 'whole', 'torn' (it ends too early) or 'broken' (no JSON object). Found has the texts among the members that are
# asked for; of two of one name the last counts.
function Read-Members([byte[]] $Bytes, [string[]] $Names) {
    $found = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)
    $broken = @{ State = 'broken'; Found = $found }
    $skip = 0
    if ($Bytes.Length -ge 3 -and $Bytes[0] -eq 0xef -and $Bytes[1] -eq 0xbb -and $Bytes[2] -eq 0xbf) { $skip = 3 }
    $text = $Utf8.GetString($Bytes, $skip, $Bytes.Length - $skip)
    # What is open, as its brackets.
    $open = [System.Collections.Generic.List[string]]::new()
    $inner = ''
    $name = ''
    $state = 'value'
    $position = 0
    $match = $Token.Match($text)
    while ($match.Success) {
        $position = $match.Index + $match.Length
        $one = $match.Groups[1].Value
        $match = $match.NextMatch()
        if ($state -ceq 'colon') {
            if ($one -cne ':') { return $broken }
            $state = 'value'
            continue
        }
        if ($one -ceq ':') { return $broken }
        if ($one -ceq ',') {
            if ($state -cne 'after' -or $open.Count -eq 0) { return $broken }
            if ($inner -ceq '{') { $state = 'name' }
            else { $state = 'value' }
            continue
        }
        if ($one -ceq '}' -or $one -ceq ']') {
            if ($open.Count -eq 0 -or ($one -ceq '}') -ne ($inner -ceq '{')) { return $broken }
            if ($state -cne 'after' -and $state -cne 'first name' -and $state -cne 'first value') { return $broken }
            $open.RemoveAt($open.Count - 1)
            $inner = ''
            if ($open.Count -gt 0) { $inner = $open[$open.Count - 1] }
            $state = 'after'
            continue
        }
        $isText = $one[0] -ceq [char] 34
        if ($state -ceq 'name' -or $state -ceq 'first name') {
            if (-not $isText) { return $broken }
            if ($open.Count -eq 1) { $name = ConvertFrom-JsonText $one }
            $state = 'colon'
            continue
        }
        if ($state -ceq 'after') { return $broken }
        # The outermost is an object.
        if ($open.Count -eq 0 -and $one -cne '{') { return $broken }
        if ($open.Count -eq 1 -and $Names -ccontains $name) {
            $found[$name] = ''
            if ($isText) { $found[$name] = ConvertFrom-JsonText $one }
        }
        $state = 'after'
        if ($one -ceq '{') { $state = 'first name' }
        if ($one -ceq '[') { $state = 'first value' }
        if ($state -cne 'after') {
            $open.Add($one)
            $inner = $one
        }
    }
    $rest = $text.Substring($position)
    if ($state -ceq 'after' -and $open.Count -eq 0) {
        if ($rest -cnotmatch '\A[ \t\r\n]*\z') { return $broken }
        return @{ State = 'whole'; Found = $found }
    }
    # What never began is no event.
    if ($position -eq 0 -or -not $TornToken.IsMatch($rest)) { return $broken }
    return @{ State = 'torn'; Found = $found }
}

function Get-MemberText($Members, [string] $Name) {
    $found = $Members['Found']
    if ($found.ContainsKey($Name)) { return $found[$Name] }
    return ''
}

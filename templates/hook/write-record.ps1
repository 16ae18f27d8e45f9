
# ---- The record ----

# Where the record is; no text where a link, or no folder, is in the way.
function Get-RecordPlace {
    $above = [System.Environment]::GetFolderPath('UserProfile') + '\AppData\Local'
    if (-not [System.IO.Directory]::Exists($above)) { return '' }
    $folder = $above + '\Fleet'
    [void] [System.IO.Directory]::CreateDirectory($folder)
    if (([System.IO.File]::GetAttributes($folder) -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) { return '' }
    $record = $folder + '\hook-record'
    if ([System.IO.Directory]::Exists($record)) { return '' }
    if ([System.IO.File]::Exists($record) -and ([System.IO.File]::GetAttributes($record) -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) { return '' }
    return $record
}

# Others may read meanwhile, but one writes at a time: whoever comes second waits a moment. $null where it took too long.
function Open-Record([string] $Record) {
    $share = [System.IO.FileShare] 'Read, Delete'
    for ($attempt = 0; $attempt -lt 40; $attempt++) {
        try { return [System.IO.FileStream]::new($Record, [System.IO.FileMode]::OpenOrCreate, [System.IO.FileAccess]::ReadWrite, $share) }
        catch { [System.Threading.Thread]::Sleep(20) }
    }
    return $null
}

# The last megabyte: a record of ours is never longer.
function Read-Lines($Stream) {
    $length = [int] [Math]::Min([long] $Stream.Length, [long] 1048576)
    [void] $Stream.Seek($Stream.Length - $length, [System.IO.SeekOrigin]::Begin)
    $bytes = [byte[]]::new($length)
    $filled = 0
    while ($filled -lt $length) {
        $got = $Stream.Read($bytes, $filled, $length - $filled)
        if ($got -le 0) { break }
        $filled += $got
    }
    return $Latin.GetString($bytes, 0, $filled)
}

function Write-Record([string] $Line, [int] $Keep) {
    $record = Get-RecordPlace
    if ($record -ceq '') { return }
    $stream = Open-Record $record
    if ($null -eq $stream) { return }
    $text = ''
    try {
        $text = Read-Lines $stream
        $added = $Line + "`n"
        # Somebody was stopped while he wrote.
        if ($text.Length -gt 0 -and -not $text.EndsWith("`n", [System.StringComparison]::Ordinal)) { $added = "`n" + $added }
        $bytes = $Latin.GetBytes($added)
        [void] $stream.Seek(0, [System.IO.SeekOrigin]::End)
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush()
        $text = $text + $added
    }
    finally { $stream.Dispose() }
    if ($text.Split([char] 10).Length - 1 -ge 2 * $Keep) { Limit-Record $record $text $Keep }
}

# The last lines in a new file that takes the place of the old one.
function Limit-Record([string] $Record, [string] $Text, [int] $Keep) {
    $lines = [System.Collections.Generic.List[string]]::new()
    foreach ($line in $Text.Split([char] 10)) {
        if ($line.Length -lt 400 -and $line -cmatch '\AFR1\|.*\|end\r?\z') { $lines.Add($line) }
    }
    if ($lines.Count -gt $Keep) { $lines.RemoveRange(0, $lines.Count - $Keep) }
    $temporary = [System.IO.Path]::GetDirectoryName($Record) + '\.hook-record-' + [Guid]::NewGuid().ToString('N')
    try {
        [System.IO.File]::WriteAllBytes($temporary, $Latin.GetBytes([string]::Join("`n", $lines.ToArray()) + "`n"))
        # PowerShell makes an empty text of $null, and that is no name for a copy of the old file.
        [System.IO.File]::Replace($temporary, $Record, [NullString]::Value)
    }
    finally {
        if ([System.IO.File]::Exists($temporary)) { [System.IO.File]::Delete($temporary) }
    }
}

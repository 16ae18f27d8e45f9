# Small readers of text; WHAT says of which.

# The newest line of a hook record: src/health/hook-record.ts.
# With EVENT only those of that event.
WHAT == "record" {
  sub(/\r$/, "")
  if (split($0, part, "|") != 8 || part[1] != "FR1" || part[8] != "end") next
  at = value(part[2], "t", 20, "")
  seconds = seconds_of(at)
  if (seconds == "none") next
  event = value(part[3], "ev", 60, "[^A-Za-z]")
  tool = value(part[4], "tool", 60, "[^A-Za-z0-9_.-]")
  verdict = value(part[5], "ver", 10, "[^a-z]")
  milliseconds = value(part[6], "ms", 9, "[^0-9]")
  status = part[7] == "http=none" ? "none" : value(part[7], "http", 3, "[^0-9]")
  if (event == "" || (EVENT != "" && event != EVENT) || tool == "" || milliseconds == "" || status == "") next
  if (verdict != "allow" && verdict != "deny" && verdict != "ask" && verdict != "error" && verdict != "timeout") next
  if (seconds > NOW + 86400 || (newest != "" && seconds < newest)) next
  newest = seconds
  row = at "\t" event "\t" tool "\t" verdict "\t" milliseconds + 0 "\t" (status == "none" ? status : status + 0)
}

# The last line of a transcript that uses a tool.
WHAT == "use" && index($0, "\"type\":\"tool_use\"") > 0 { use_line = $0 }

# The oldest start of what runs, of the app for each copy; ps tells "Sat Nov 21 06:56:44 2026 /usr/bin/claude --continue".
WHAT == "processes" {
  month = index("JanFebMarAprMayJunJulAugSepOctNovDec", $2)
  if (NF < 6 || $1 !~ /^[A-Z][a-z][a-z]$/ || $2 !~ /^[A-Z][a-z][a-z]$/ || month % 3 != 1) next
  if ($3 !~ /^[0-9][0-9]?$/ || $4 !~ /^[0-9][0-9]:[0-9][0-9]:[0-9][0-9]$/ || $5 !~ /^[0-9][0-9][0-9][0-9]$/) next
  is_desktop = 0
  is_code = 0
  command = $0
  sub(/^ *[A-Z][a-z][a-z] +[A-Z][a-z][a-z] +[0-9]+ [0-9:]+ [0-9]+ +/, "", command)
  sub(/[ \t\r]+$/, "", command)
  origin = "dpkg"
  if (PLATFORM == "macos") {
    is_desktop = match(command, /^\/([^ ]| [^\/-])*\/Claude\.app\/Contents\/MacOS\/Claude( |$)/) > 0
    origin = substr(command, 1, RLENGTH)
    sub(/\/Contents\/MacOS\/Claude ?$/, "", origin)
    # A tab would end the field; no copy has one in its path.
    gsub(/\t/, "?", origin)
  } else is_desktop = index(command, "/usr/lib/claude-desktop/") == 1 && index(command, " --type=") == 0
  is_code = ($6 == "claude" || $6 ~ /\/claude$/ || $7 ~ /\/claude-code\/cli\.js$/)
  if (index(command, "Claude.app/") > 0 || index(command, "claude-desktop/") > 0 || index(command, "WindowsApps") > 0) is_code = 0
  if (!is_desktop && !is_code) next
  split($4, clock, ":")
  started = days_of($5 + 0, (month + 2) / 3, $3 + 0) * 86400 + clock[1] * 3600 + clock[2] * 60 + clock[3]
  if (is_desktop && (!(origin in desktop) || started < desktop[origin])) desktop[origin] = started
  if (is_code && (code == "" || started < code)) code = started
}

# Names with versions of installed packages, a paragraph each.
WHAT == "packages" && /^$/ { package_ends() }
WHAT == "packages" && /^Package: / { name = substr($0, 10) }
WHAT == "packages" && /^Version: / { version = substr($0, 10) }
WHAT == "packages" && $0 == "Status: install ok installed" { is_installed = 1 }

# User ids and homes of /etc/passwd.
WHAT == "users" {
  count = split($0, part, ":")
  if (part[3] !~ /^[0-9]+$/ || length(part[3]) > 9 || part[6] !~ /^\// || part[6] ~ /[\001-\037\177]/) next
  id = part[3] + 0
  if (id == 0 || (id >= 1000 && id <= 59999)) print id "\t" part[6]
}

END {
  if (WHAT == "record" && newest != "") print newest "\t" row
  if (WHAT == "use" && use_line != "") print_use()
  if (WHAT == "processes") {
    for (origin in desktop) print "desktop\t" desktop[origin] "\t" origin
    if (code != "") print "oldest-session\t" code
  }
  if (WHAT == "packages") package_ends()
}

function package_ends() {
  sub(/[ \t]+$/, "", name)
  sub(/-.*/, "", version)
  sub(/[ \t]+$/, "", version)
  # A version that is not told is no absence.
  if (is_installed && (name == "claude-desktop" || name == "claude-code") && !(name in known)) print name "\t" (version == "" ? "unread" : version)
  if (is_installed) known[name] = 1
  name = ""
  version = ""
  is_installed = 0
}

function value(text, key, longest, strange) {
  if (index(text, key "=") != 1) return ""
  text = substr(text, length(key) + 2)
  if (length(text) > longest || (strange != "" && text ~ strange)) return ""
  return text
}

# When the tool was used: the last timestamp of the line. Split at what cannot overlap: the quotation mark before it may
# end the one before.
function print_use(    count, part, i, seconds) {
  count = split(use_line, part, "timestamp\":\"")
  for (i = count; i > 1; i--) {
    if (part[i - 1] != "" ? part[i - 1] !~ /"$/ : i == 2) continue
    if (substr(part[i], 20) !~ /^(\.[0-9]+)?Z"/) return
    seconds = seconds_of(substr(part[i], 1, 19) "Z")
    if (seconds != "none" && seconds >= 0) print seconds
    return
  }
}

# Seconds since 1970 of 2026-11-18T07:41:00Z; none for what is no such time.
function seconds_of(text,    seconds) {
  if (text !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z$/) return "none"
  if (!in_range(text, 6, 1, 12) || !in_range(text, 9, 1, 31) || !in_range(text, 12, 0, 23)) return "none"
  if (!in_range(text, 15, 0, 59) || !in_range(text, 18, 0, 59)) return "none"
  seconds = days_of(substr(text, 1, 4) + 0, substr(text, 6, 2) + 0, substr(text, 9, 2) + 0) * 86400
  return seconds + substr(text, 12, 2) * 3600 + substr(text, 15, 2) * 60 + substr(text, 18, 2)
}
function in_range(text, from, least, most,    number) {
  number = substr(text, from, 2) + 0
  return number >= least && number <= most
}

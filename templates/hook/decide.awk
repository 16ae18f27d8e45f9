# Reads the configuration and the event, and prints fourteen lines, in the order that fleet-hook.sh names them; "-" stands for nothing.

BEGIN {
  json_start()
  wanted["hook_event_name"] = wanted["tool_name"] = wanted["session_id"] = wanted["tool_use_id"] = 1
  keep = 100
  timeout = 5
  configured = read_configuration(ENVIRON["FLEET_CONFIGURATION"])
  if (!configured) { unsure = "-"; keep = 100 }
  recorded = count_lines(ENVIRON["FLEET_RECORD"], keep * 4)
}

function read_configuration(file,   line, key, value, got, good) {
  if (file == "") return 0
  good = 1
  while ((got = (getline line < file)) > 0) {
    sub(/\r$/, "", line)
    if (line == "" || line ~ /^#/) continue
    key = line
    sub(/ .*/, "", key)
    value = substr(line, length(key) + 2)
    if (key == "deny") { if (!add_rule(value)) good = 0 }
    else if (key in given) good = 0
    else if (key == "unsure" && value ~ /^(allow|deny)$/) unsure = value
    else if (key == "keep" && is_whole(value, 500)) keep = value + 0
    else if (key == "timeout" && is_whole(value, 60)) timeout = value + 0
    else if (key == "evaluate" && is_address(value)) address = value
    else if (key == "authorization-file" && value ~ /^\/[A-Za-z0-9._\/-]+$/) authorization = value
    else good = 0
    given[key] = 1
  }
  close(file)
  return got == 0 && good && unsure != ""
}

function is_whole(value, most) { return value ~ /^[1-9][0-9]?[0-9]?$/ && value + 0 <= most }

function is_address(value) {
  if (length(value) > 600 || value !~ /^[!-~]+$/ || value ~ /["\\]/) return 0
  return value ~ /^https:\/\/[^\/]/ || value ~ /^http:\/\/(localhost|127\.[0-9]+\.[0-9]+\.[0-9]+|\[::1\])(:[0-9]+)?(\/|$)/
}

function add_rule(value,   tool, words) {
  tool = value
  sub(/ .*/, "", tool)
  words = substr(value, length(tool) + 2)
  if (tool !~ /^([A-Za-z0-9_.-]+\*?|\*)$/ || words !~ /^[ -~]*$/ || (words == "" && value != tool)) return 0
  rule_tool[++rules] = tool
  rule_words[rules] = words
  return 1
}

function count_lines(file, most,   line, count) {
  if (file == "") return 0
  while (count < most && (getline line < file) > 0) count++
  close(file)
  return count + 0
}

{
  bytes += length($0) + 1
  for (i = 1; i <= rules; i++) if (!(i in hit) && rule_words[i] != "" && index($0, rule_words[i])) hit[i] = 1
  json_line($0)
}

function matches(tool, pattern) {
  if (pattern !~ /\*$/) return tool == pattern
  return index(tool, substr(pattern, 1, length(pattern) - 1)) == 1 || pattern == "*"
}

function decide(   i) {
  if (!configured) return "unsure configuration"
  if (event == "") return "unsure event"
  if (event != "PreToolUse") return "allow"
  if (tool != "") for (i = 1; i <= rules; i++) if (matches(tool, rule_tool[i]) && (rule_words[i] == "" || (i in hit))) return "deny " i
  if (tool == "" || state == "torn") return "unsure event"
  return address == "" ? "allow" : "evaluate"
}

function show(value) { print (value == "" ? "-" : value) }

END {
  state = json_state()
  if (state != "broken") {
    event = found["hook_event_name"]
    if (length(event) > 60 || event !~ /^[A-Za-z]+$/) event = ""
    if (event != "") tool = found["tool_name"]
  }
  split(decide(), decision, " ")
  show(decision[1])
  show(decision[2])
  show(event)
  show(plain(tool, 60))
  show(unsure)
  show(keep)
  show(timeout)
  show(recorded)
  show(authorization)
  show(address)
  show(plain(tool, 100))
  show(plain(found["session_id"], 128))
  show(plain(found["tool_use_id"], 128))
  # The shell has put one line end behind the event.
  show(bytes - 1)
}

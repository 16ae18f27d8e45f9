# The line of what was found: one fact on each input line, times in seconds, until "end" or, when time has run out, "stop".
# Exits with 1 where the style asks for that. What follows from the facts is that of src/health/judge.ts.
BEGIN { FS = "\t" }
$1 == "end" { finish("") }
$1 == "stop" { finish("time") }
$1 == "want" { want[$2] = 1; next }
$1 == "hours" { patience = $2 * 3600; next }
$1 == "copy" { placed_at[$2] = $3; next }
$1 == "desktop" { desktops++; desktop_at[desktops] = $2; desktop_of[desktops] = $3; next }
$1 == "done" { is_done[$2] = 1; next }
$1 == "invocation" {
  if (invoked == "" || $2 >= invoked) { invoked = $2; invoked_text = $3; fact["ev"] = $4; fact["tool"] = $5; fact["ver"] = $6; fact["ms"] = $7; fact["http"] = $8 }
  next
}
$1 == "person" { people++; used_at[people] = $2; invoked_at[people] = $3; next }
{ fact[$1] = $2 }

END { if (!is_finished) finish("time") }

function finish(cut,    count, keys, i, line) {
  is_finished = 1
  what_runs()
  what_happened()
  fact["lim"] = cut
  if (fact["t"] == "") exit 3
  line = "FH1|" word_of()
  count = split("os as users pol app appt code run crun set mix sum sett blk hooks hookbad hookt cred plug plugbad plugt inv ev tool ver ms http act use silent ws lim t", keys, " ")
  for (i = 1; i <= count; i++)
    if (fact[keys[i]] != "") line = line "|" keys[i] "=" shown(keys[i])
  line = line "|end"
  if (STYLE == "result") print "<result>" line "</result>"
  else print line
  exit (STYLE == "status" && word_of() == "repair") ? 1 : 0
}

function shown(key) {
  if (key == "inv" && fact[key] != "none") return invoked_text
  if (index(" appt sett hookt plugt act t ", " " key " ") > 0 && fact[key] != "none") return time_text(fact[key])
  return fact[key]
}

# Takes texts: an element that was never set must not be handed to a function, where some awks give it a value (mawk) or
# fall over (gawk 5.2).
function later(a, b) { return b != "" && (a == "" || b + 0 > a + 0) ? b : a }

# The worst of what runs. Each copy is told by its oldest process.
function what_runs(    i, state) {
  if (!is_done["processes"]) return
  fact["run"] = desktops == 0 ? "no" : "current"
  for (i = 1; i <= desktops; i++) {
    state = state_of(desktop_at[i], (desktop_of[i] in placed_at) ? placed_at[desktop_of[i]] : "none")
    if (badness(state) > badness(fact["run"] "")) fact["run"] = state
  }
  if (fact["oldest-session"] == "") fact["crun"] = "no"
  else if (fact["sett"] != "" && fact["oldest-session"] < fact["sett"] + 0) fact["crun"] = "before-change"
  else if (is_done["settings"] && !is_undated()) fact["crun"] = "current"
}

# What one process is by when its own copy was placed; empty where that cannot be told.
function state_of(started, placed) {
  if (placed != "none" && started < placed + 0) return "old-version"
  if (fact["sett"] != "" && started < fact["sett"] + 0) return "before-change"
  if (placed == "none" || is_undated() || !is_done["settings"] || !is_done["plugins"]) return ""
  return fact["plugt"] != "" && started < fact["plugt"] + 0 ? "" : "current"
}

function badness(state) { return state == "old-version" ? 3 : state == "before-change" ? 2 : state == "" }

# Neither the registry nor the cache of the admin console tells when settings changed; here only the latter can be there.
function is_undated() { return fact["set"] ~ /^server:/ && fact["set"] !~ /^server:empty/ }

function change_of(    change) {
  change = later(later(fact["sett"] "", fact["hookt"] ""), fact["plugt"] "")
  return fact["app"] == "none" ? change : later(change, fact["appt"] "")
}

function what_happened(    i, change) {
  if (is_done["records"] && want["record"]) fact["inv"] = invoked == "" ? "none" : invoked
  else invoked = ""
  if (invoked == "") fact["ev"] = fact["tool"] = fact["ver"] = fact["ms"] = fact["http"] = ""
  if (fact["http"] == "none") fact["http"] = ""
  if (!is_done["activity"]) return
  change = change_of()
  fact["act"] = "none"
  fact["use"] = 0
  fact["silent"] = 0
  for (i = 1; i <= people; i++) {
    if (used_at[i] == "none") continue
    if (fact["act"] == "none" || used_at[i] + 0 > fact["act"] + 0) fact["act"] = used_at[i]
    if (change != "" && used_at[i] + 0 < change + 0) continue
    fact["use"]++
    if (invoked_at[i] == "none" || (change != "" && invoked_at[i] + 0 < change + 0)) fact["silent"]++
  }
  if (!want["record"] || !want["everyTool"] || !is_done["records"] || !is_done["settings"] || is_undated()) fact["use"] = fact["silent"] = ""
  if (fact["app"] != "none" && fact["appt"] == "" || want["files"] && fact["hookt"] == "") fact["use"] = fact["silent"] = ""
}

# Whether a list of the line, such as missing+clash, holds a word.
function holds(key, word) { return index("+" fact[key] "+", "+" word "+") > 0 }

function tier_of(place) { return place == "dropin" ? "file" : place }

# Whether this many hours have passed since a time; yes where that is not known.
function is_overdue(since) { return since == "" || fact["t"] - since >= patience }

# What the places of settings come to.
function read_places(    count, places, i, part) {
  count = fact["set"] == "no" ? 0 : split(fact["set"], places, "+")
  for (i = 1; i <= count; i++) {
    split(places[i], part, ":")
    if (winner == "" && part[2] != "empty") { winner = part[1]; winner_state = part[2] }
    if (part[2] == fact["pol"] && ours == "") ours = part[1]
    if (part[2] == fact["pol"] && part[1] != "server") is_proof = 1
    if (part[2] == "unread") has_unread = 1
    if (part[1] == "plist" || part[1] == "file" || part[1] == "dropin") has_files = 1
  }
  is_hidden = ours != "" && winner_state != fact["pol"] && tier_of(ours) != tier_of(winner) && fact["mix"] != "merge"
}

function word_of() {
  if (winner == "") read_places()
  if (is_wrong()) return "repair"
  return !want["settings"] || !is_open() ? "ok" : "unknown"
}

function is_wrong() {
  if (want["record"]) {
    if (want["everyTool"] && fact["silent"] != "" && fact["silent"] > 0) return 1
    if (is_failing()) return 1
  }
  if (!want["settings"]) return 0
  if (fact["set"] != "") {
    if (winner == "" || winner_state == "broken" && winner != "server") return 1
    if (want["stamp"] && winner_state != "broken" && ours == "" && !has_unread) return 1
    if (is_hidden && winner_state != "unread") return 1
  }
  if (holds("hookbad", "missing") || holds("hookbad", "not-executable") || holds("hookbad", "writable")) return 1
  if (want["credential"] && (fact["cred"] == "no-helper" || fact["cred"] == "no-file")) return 1
  if (want["plugins"] && fact["plugbad"] != "" && fact["plugbad"] != "no") return 1
  if (want["hooks"] && (holds("blk", "all-off") || holds("blk", "only-managed") || holds("blk", "no-hooks"))) return 1
  if (want["plugins"] && holds("blk", "sideload")) return 1
  if (fact["run"] == "old-version" && is_overdue(fact["appt"] "")) return 1
  return (fact["run"] == "before-change" || fact["crun"] == "before-change") && is_overdue(fact["sett"] "")
}

# Whether anything is left to know of what is installed and loaded.
function is_open() {
  if (fact["set"] == "" || !want["stamp"] || !is_proof || winner_state == "broken") return 1
  if (is_hidden && winner_state == "unread") return 1
  if (want["files"] && (fact["hooks"] == "" || fact["hookbad"] == "" || holds("hookbad", "unread"))) return 1
  if (want["credential"] && fact["cred"] == "") return 1
  if (want["plugins"] && (fact["plug"] == "" || fact["plugbad"] == "")) return 1
  if (fact["blk"] == "" || fact["run"] == "" || fact["crun"] == "") return 1
  if (fact["run"] == "old-version" || fact["run"] == "before-change" || fact["crun"] == "before-change") return 1
  return fact["run"] == "no" && fact["crun"] == "no"
}

# Whether an invocation since the last change failed; a change without a date is not known to lie before it.
function is_failing(    change) {
  if (fact["inv"] == "" || fact["inv"] == "none") return 0
  if (fact["set"] == "" || is_undated()) return 0
  if (has_files && fact["sett"] == "" || want["files"] && fact["hookt"] == "") return 0
  if (fact["app"] != "none" && fact["appt"] == "" || want["plugins"] && fact["plugt"] == "") return 0
  change = change_of()
  if (change != "" && fact["inv"] + 0 < change + 0) return 0
  if (fact["ver"] == "error" || fact["ver"] == "timeout") return 1
  return want["evaluation"] && fact["http"] != "" && (fact["http"] < 200 || fact["http"] > 299)
}

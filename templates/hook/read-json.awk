# Reads one JSON object (RFC 8259), line by line: members of the outermost object whose value is a text end up in found[].
# A text can hold no line end, so only the nesting goes on from line to line. No jq: few machines have one.

function json_start() {
  need = "value"
  depth = 0
  inside = torn = bad = 0
}

# whole, torn (no mistake, but its end is missing) or broken.
function json_state() {
  if (bad || json_lines == 0) return "broken"
  if (need == "end" && !inside && !torn) return "whole"
  return depth > 0 ? "torn" : "broken"
}

function json_line(line,   parts, count, part) {
  # Thousands of lines are no event: the client writes one.
  if (torn || ++json_lines > 10000) bad = 1
  if (bad) return
  count = split(line, parts, "\"")
  for (part = 1; part <= count && !bad; part++) {
    if (inside) text_part(parts[part], part == count)
    else {
      if (parts[part] != "") between(parts[part], part == count)
      # Here already: a text that never ends would else be taken for a torn event.
      if (part < count && (need == "next" || need == "colon" || need == "end")) bad = 1
      else if (part < count) { inside = 1; text = "" }
    }
  }
}

# What stands between two quotes of a text: the whole of it, or up to an escaped quote.
function text_part(part, is_last,   rest, escaped) {
  if (part ~ /[\001-\037]/) bad = 1
  escaped = 0
  if (index(part, "\\")) {
    rest = part
    gsub(/\\\\/, "__", rest)
    escaped = rest ~ /\\$/
    gsub(/\\[\/bfnrt]/, "_", rest)
    gsub(/\\u[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]/, "_", rest)
    if (!is_last && index(rest, "\\") > 0 && !(escaped && index(rest, "\\") == length(rest))) bad = 1
  }
  if (depth == 1 && length(text) < 4096) text = text substr(part, 1, 4096) (escaped ? "\"" : "")
  if (is_last) torn = 1
  else if (!escaped) { inside = 0; text_ends() }
}

function text_ends() {
  if (need == "member" || need == "key") {
    if (depth == 1) key = decoded(text)
    need = "colon"
  } else if (need == "value" || need == "element") {
    if (depth == 0) { bad = 1; return }
    if (depth == 1 && (key in wanted)) found[key] = decoded(text)
    value_ends()
  } else bad = 1
}

function value_ends() { need = depth == 0 ? "end" : "next" }

# Everything outside texts: punctuation, numbers and words.
function between(part, is_last,   tokens, count, i) {
  if (part == ":" || part == ",") { punctuation(part); return }
  if (part ~ /[\001-\010\013\014\016-\037]/) { bad = 1; return }
  # Awks disagree on brackets within brackets.
  gsub(/[{},:]/, " & ", part)
  gsub(/\[/, " [ ", part)
  gsub(/\]/, " ] ", part)
  gsub(/[\t\r]/, " ", part)
  count = split(part, tokens, " ")
  for (i = 1; i <= count && !bad; i++) {
    if (length(tokens[i]) == 1 && index("[]{},:", tokens[i])) punctuation(tokens[i])
    else word(tokens[i], is_last && i == count)
  }
}

function punctuation(mark) {
  if (mark == ":") go_on(need == "colon", "value")
  else if (mark == ",") go_on(need == "next", kind[depth] == "{" ? "key" : "value")
  else if (mark == "}") closes("{", "member")
  else if (mark == "]") closes("[", "element")
  else if ((need != "value" && need != "element") || depth > 500 || (depth == 0 && mark == "[")) bad = 1
  else {
    if (depth == 1) delete found[key]
    kind[++depth] = mark
    need = mark == "{" ? "member" : "element"
  }
}

function go_on(may, next_need) {
  if (may) need = next_need
  else bad = 1
}

function closes(opened, empty) {
  if (depth == 0 || kind[depth] != opened || (need != empty && need != "next")) bad = 1
  else { depth--; value_ends() }
}

function word(token, is_last) {
  if ((need != "value" && need != "element") || depth == 0) { bad = 1; return }
  if (token !~ /^(true|false|null|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?)$/) {
    if (is_last) torn = 1
    else bad = 1
    return
  }
  if (depth == 1) delete found[key]
  value_ends()
}

# A text without its escapes. What is not printable ASCII becomes "?", line ends and tabs a blank.
function decoded(escaped_text,   out, at, mark, code) {
  out = ""
  while ((at = index(escaped_text, "\\")) > 0) {
    mark = substr(escaped_text, at + 1, 1)
    out = out substr(escaped_text, 1, at - 1)
    if (mark == "u") {
      code = hexadecimal(substr(escaped_text, at + 2, 4))
      out = out (code == 9 || code == 10 || code == 13 ? " " : code > 31 && code < 127 ? sprintf("%c", code) : "?")
      escaped_text = substr(escaped_text, at + 6)
    } else {
      out = out (index("\"\\/", mark) ? mark : index("nrt", mark) ? " " : "?")
      escaped_text = substr(escaped_text, at + 2)
    }
  }
  return out escaped_text
}

function hexadecimal(digits,   i, value) {
  value = 0
  for (i = 1; i <= 4; i++) value = value * 16 + index("0123456789abcdef", tolower(substr(digits, i, 1))) - 1
  return value
}

# Text for a place where only plain characters may stand.
function plain(name, longest) {
  name = substr(name, 1, longest)
  gsub(/[^A-Za-z0-9_.-]/, "_", name)
  return name
}

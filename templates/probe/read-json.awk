# A strict reader of JSON (RFC 8259) for every awk: no gawk, and no locale but C. No apostrophe may stand in this file:
# it travels inside single quotes of a shell script.
#
# read_json(FILE) gives the number of the root, or 0 for what is no JSON. Values are numbered: kind_of[id] is object,
# array, string, number, true, false or null; text_of[id] the text of a string, or of a number of up to 40 characters;
# of an object or array, size_of[id] members, item_of[id, i] from 1 on; of an object also name_of[id, i] and
# member_of[id, name], which is the last of that name. Escapes of control characters become DEL, those beyond ASCII
# a question mark; a text that is longer than 4096 characters may be cut. What lies deeper than json_deepest is read, but
# not kept.
#
# The text is split at its quotation marks, so no step depends on the length of what is left: hostile files of a
# megabyte must not take minutes.

BEGIN {
  json_deepest = 6
  # What may follow in a number, by state.
  json_after["start", "-"] = "-"
  json_digits("start", "int"); json_after["start", "0"] = "zero"
  json_digits("-", "int"); json_after["-", "0"] = "zero"
  json_digits("int", "int")
  json_after["int", "."] = "dot"; json_after["zero", "."] = "dot"
  json_digits("dot", "fraction"); json_digits("fraction", "fraction")
  json_exponent("int"); json_exponent("zero"); json_exponent("fraction")
  json_after["e", "+"] = "sign"; json_after["e", "-"] = "sign"
  json_digits("e", "exponent"); json_digits("sign", "exponent"); json_digits("exponent", "exponent")
}

function json_digits(from, to,    digit) { for (digit = 0; digit < 10; digit++) json_after[from, digit ""] = to }
function json_exponent(from) { json_after[from, "e"] = "e"; json_after[from, "E"] = "e" }

function read_json(file,    record, inside, mark, first) {
  json_root = 0
  json_depth = 0
  json_wants = "value"
  json_bad = 0
  json_word = ""
  json_number = ""
  inside = 0
  first = 1
  mark = "\357\273\277"
  RS = "\""
  while (!json_bad && (getline record < file) > 0) {
    if (first && index(record, mark) == 1) record = substr(record, length(mark) + 1)
    first = 0
    if (!inside) {
      json_outside(record)
      inside = 1
      json_text = ""
      json_length = 0
    } else if (record ~ /[\001-\037]/) {
      json_bad = 1
    } else if (!json_inside(record)) {
      inside = 0
      json_string()
    }
  }
  # mawk falls over when it closes its own input.
  if (file != "/dev/stdin") close(file)
  # After the last quotation mark the reader waits for a text that never came.
  if (inside && json_text == "" && json_length == 0) json_end_word()
  else if (inside) json_bad = 1
  return json_bad || json_wants != "nothing" ? 0 : json_root
}

# Structure, numbers and words between texts.
function json_outside(record,    block, part, at, piece, i) {
  for (block = 1; block <= length(record) && !json_bad; block += 16384) {
    part = substr(record, block, 16384)
    for (at = 1; at <= length(part) && !json_bad; at += 128) {
      piece = substr(part, at, 128)
      for (i = 1; i <= length(piece) && !json_bad; i++) json_character(substr(piece, i, 1))
    }
  }
}

function json_character(c,    id) {
  if (index(" \t\n\r", c) > 0) { json_end_word(); return }
  if (index("{}[]:,", c) == 0) {
    if (json_wants != "value" && json_wants != "item" && json_word == "") { json_bad = 1; return }
    if (json_word == "") json_number = "start"
    json_number = (json_number, c) in json_after ? json_after[json_number, c] : "none"
    if (length(json_word) < 41) json_word = json_word c
    if (json_number == "none" && length(json_word) > 5) json_bad = 1
    return
  }
  json_end_word()
  if (json_bad) return
  if (c == "{" || c == "[") {
    if (json_wants != "value" && json_wants != "item") { json_bad = 1; return }
    id = json_add(c == "{" ? "object" : "array")
    json_depth++
    json_kind[json_depth] = c
    if (json_depth <= json_deepest) json_stack[json_depth] = id
    json_wants = c == "{" ? "first name" : "item"
  } else if (c == "}") {
    if (json_wants != "first name" && !(json_wants == "more" && json_in("{"))) { json_bad = 1; return }
    json_close()
  } else if (c == "]") {
    if (json_wants != "item" && !(json_wants == "more" && json_in("["))) { json_bad = 1; return }
    json_close()
  } else if (c == ":") {
    if (json_wants != "colon") json_bad = 1
    json_wants = "value"
  } else {
    if (json_wants != "more") { json_bad = 1; return }
    json_wants = json_in("{") ? "name" : "value"
  }
}

function json_in(bracket) { return json_depth > 0 && json_kind[json_depth] == bracket }
function json_close() { json_depth--; json_wants = json_depth == 0 ? "nothing" : "more" }

# Ends a number or a word, where one was begun.
function json_end_word(    id) {
  if (json_word == "" || json_bad) return
  if (json_number == "zero" || json_number == "int" || json_number == "fraction" || json_number == "exponent") {
    id = json_add("number")
    if (id > 0) text_of[id] = json_word
  } else if (json_word == "true" || json_word == "false" || json_word == "null") {
    json_add(json_word)
  } else {
    json_bad = 1
    return
  }
  json_word = ""
  json_wants = json_depth == 0 ? "nothing" : "more"
}

# A new value where the reader stands; gives its number.
function json_add(kind,    id, above, i) {
  if (json_depth > json_deepest) return 0
  id = ++json_last_id
  kind_of[id] = kind
  if (kind == "object" || kind == "array") size_of[id] = 0
  if (json_depth == 0) { json_root = id; return id }
  above = json_stack[json_depth]
  i = ++size_of[above]
  item_of[above, i] = id
  if (json_in("{")) {
    name_of[above, i] = json_name
    member_of[above, json_name] = id
  }
  return id
}

# One stretch of a text; 1 when the quotation mark behind it belongs to the text.
function json_inside(record,    count, parts, i, c) {
  if (index(record, "\\") == 0) { json_append(record); return 0 }
  count = split(record, parts, "\\")
  json_append(parts[1])
  for (i = 2; i <= count; i++) {
    if (parts[i] == "") {
      if (i == count) { json_append("\""); return 1 }
      json_append("\\")
      json_append(parts[++i])
      continue
    }
    c = substr(parts[i], 1, 1)
    if (c == "u") {
      if (!json_unicode(substr(parts[i], 2, 4))) { json_bad = 1; return 0 }
      json_append(substr(parts[i], 6))
    } else if (c == "/") {
      json_append(parts[i])
    } else if (index("bfnrt", c) > 0) {
      json_append("\177" substr(parts[i], 2))
    } else {
      json_bad = 1
      return 0
    }
  }
  return 0
}

function json_append(text) {
  if (text == "") return
  if (json_length < 4096) json_text = json_text text
  json_length += length(text)
}

# Appends the character of four hexadecimal digits; 0 where they are none.
function json_unicode(digits,    code) {
  if (digits !~ /^[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]$/) return 0
  code = 16 * json_digit(substr(digits, 3, 1)) + json_digit(substr(digits, 4, 1))
  if (substr(digits, 1, 2) != "00" || code > 159) json_append("?")
  else json_append(code < 32 || code > 126 ? "\177" : sprintf("%c", code))
  return 1
}
function json_digit(c) { return index("0123456789abcdef", tolower(c)) - 1 }

# A text is complete: a name, or a value.
function json_string(    id) {
  if (json_bad) return
  json_end_word()
  if (json_wants == "first name" || json_wants == "name") {
    # A name that was cut must not be taken for another one.
    json_name = json_length > 4096 ? json_text "\001" (++json_last_id) : json_text
    json_wants = "colon"
  } else if (json_wants == "value" || json_wants == "item") {
    id = json_add("string")
    if (id > 0) text_of[id] = json_text
    json_wants = json_depth == 0 ? "nothing" : "more"
  } else {
    json_bad = 1
  }
}

# The number of a member of an object, or 0.
function json_member(id, name) { return kind_of[id] == "object" && (id, name) in member_of ? member_of[id, name] : 0 }

# Whether the i-th member counts: of two with one name only the last does.
function json_counts(id, i) { return member_of[id, name_of[id, i]] == item_of[id, i] }

# The text of a value; empty where it is none.
function json_text_of(id) { return id > 0 && kind_of[id] == "string" ? text_of[id] : "" }

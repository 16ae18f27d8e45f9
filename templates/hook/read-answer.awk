# Reads what the policy endpoint answered, and prints the decision and the reason, as JSON texts without their quotes.
# Prints nothing for what is no answer.

BEGIN {
  json_start()
  wanted["decision"] = wanted["reason"] = 1
}

{ json_line($0) }

END {
  if (json_state() != "whole" || found["decision"] !~ /^(allow|deny|ask)$/) exit
  reason = found["reason"]
  gsub(/[\t\r]/, " ", reason)
  gsub(/[^ -~]/, "?", reason)
  reason = substr(reason, 1, 200)
  gsub(/[\\"]/, "\\\\&", reason)
  print found["decision"]
  print reason
}

# What the places of settings say. Arguments: a place and a file, again and again, highest rank first; a word instead of
# a file is its state. FLEET_PLUGINS: a line "name<TAB>marketplace<TAB>version" for each required plugin.
BEGIN {
  plugin_count = split(ENVIRON["FLEET_PLUGINS"], plugins, "\n")
  count = 0
  for (i = 1; i < ARGC; i += 2) {
    count++
    place[count] = ARGV[i]
    root[count] = 0
    if (substr(ARGV[i + 1], 1, 1) != "/") {
      state[count] = ARGV[i + 1]
      continue
    }
    root[count] = read_json(ARGV[i + 1])
    state[count] = state_of(root[count])
  }
  all = ""
  winner = ""
  for (i = 1; i <= count; i = next_place) {
    shown = state[i]
    for (next_place = i + 1; next_place <= count && place[next_place] == place[i]; next_place++)
      if (weight(state[next_place]) > weight(shown)) shown = state[next_place]
    all = all (all == "" ? "" : "+") place[i] ":" shown
    if (winner == "" && shown != "empty") winner = place[i]
  }
  print "set\t" (all == "" ? "no" : all)
  if (winner == "") {
    print "blk\tno"
    print "winner\tnone"
    exit
  }
  print "winner\t" winner
  open = 0
  tier = tier_of(winner)
  for (i = 1; i <= count; i++) {
    if (tier_of(place[i]) != tier) continue
    if (root[i] == 0 && state[i] != "empty" || state[i] == "broken" || state[i] == "unread") open = 1
    else says(root[i])
  }
  if (open) exit
  if (merge)
    for (i = 1; i <= count; i++)
      if (kind_of[root[i]] == "object") look_for_hooks(root[i])
      else if (state[i] != "empty") may_have_hooks = 1
  print "mix\t" (merge ? "merge" : "first")
  blocked = ""
  if (all_off) blocked = blocked "+all-off"
  if (sideload) blocked = blocked "+sideload"
  if (ENVIRON["FLEET_HOOKS"] == "1" && !has_hooks && !may_have_hooks)
    blocked = blocked (only_managed ? "+only-managed" : "+no-hooks")
  print "blk\t" (blocked == "" ? "no" : substr(blocked, 2))
  print "helper\t" (helper == "" ? "no" : "yes")
  for (key in enabled) if (enabled[key]) print_clash(key)
}

# Of several drop-ins the first with a stamp counts, else the worst.
function weight(state) {
  if (state == "empty") return 0
  if (state == "plain") return 1
  if (state == "broken") return 2
  if (state == "unread") return 3
  return 4
}

function tier_of(place) { return place == "dropin" ? "file" : place }

function state_of(id,    attributes, at, stamp, rest) {
  if (id == 0 || kind_of[id] != "object") return "broken"
  attributes = json_text_of(json_member(json_member(id, "env"), "OTEL_RESOURCE_ATTRIBUTES"))
  for (rest = attributes; (at = index(rest, "fleet.policy=")) > 0; rest = substr(rest, at + 13)) {
    stamp = substr(rest, at + 13, 16)
    if (length(stamp) == 16 && stamp !~ /[^0-9a-f]/) return stamp
  }
  return size_of[id] == 0 ? "empty" : "plain"
}

function look_for_hooks(id,    member) {
  member = json_member(id, "hooks")
  if (member > 0 && kind_of[member] == "object" && size_of[member] > 0) has_hooks = 1
}

function says(id,    member, i) {
  if ((member = json_member(id, "managedSourcesBehavior")) > 0) merge = json_text_of(member) == "merge"
  if ((member = json_member(id, "disableAllHooks")) > 0) all_off = kind_of[member] == "true"
  if ((member = json_member(id, "disableSideloadFlags")) > 0) sideload = kind_of[member] == "true"
  if ((member = json_member(id, "allowManagedHooksOnly")) > 0) only_managed = kind_of[member] == "true"
  if ((member = json_member(id, "otelHeadersHelper")) > 0) helper = json_text_of(member)
  look_for_hooks(id)
  member = json_member(id, "enabledPlugins")
  if (member == 0 || kind_of[member] != "object") return
  for (i = 1; i <= size_of[member]; i++)
    if (json_counts(member, i)) enabled[name_of[member, i]] = kind_of[item_of[member, i]] == "true"
}

# The copies of required plugins that sessions of Claude Desktop use. First the manifests are the arguments, and the files with a
# version come out; then those of them that may be read, with FLEET_COPIES as it came out.
BEGIN {
  plugin_count = split(ENVIRON["FLEET_PLUGINS"], plugins, "\n")
  copy_count = split(ENVIRON["FLEET_COPIES"], copies, "\n")
  if (copy_count > 0) look_at_copies()
  else for (i = 1; i < ARGC; i++) look_at_manifest(ARGV[i])
}

function look_at_manifest(file,    list, i, p, id, wanted, folder) {
  folder = substr(file, 1, length(file) - length("manifest.json"))
  list = json_member(read_json(file), "plugins")
  if (list == 0 || kind_of[list] != "array") return
  for (i = 1; i <= size_of[list]; i++) {
    for (p = 1; p <= plugin_count; p++) {
      split(plugins[p], wanted, "\t")
      if (wanted[3] == "" || json_text_of(json_member(item_of[list, i], "name")) != wanted[1]) continue
      if (json_text_of(json_member(item_of[list, i], "marketplaceName")) != wanted[2]) continue
      id = json_text_of(json_member(item_of[list, i], "id"))
      if (id == "" || length(id) > 200 || id ~ /[^A-Za-z0-9_.-]/) continue
      print p "\t" folder (index(id, "plugin_") == 1 ? id : "plugin_" id) "/.claude-plugin/plugin.json"
    }
  }
}

function look_at_copies(    i, row, wanted) {
  for (i = 1; i < ARGC; i++) is_there[ARGV[i]] = 1
  for (i = 1; i <= copy_count; i++) {
    split(copies[i], row, "\t")
    if (!(row[2] in is_there)) continue
    if (!(row[2] in known)) known[row[2]] = read_json(row[2])
    split(plugins[row[1]], wanted, "\t")
    compare(row[1], wanted[3], known[row[2]], "stale-session")
  }
}

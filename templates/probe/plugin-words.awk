# Says what is wrong with the version of one copy of a plugin; one that is no text says nothing.
function compare(plugin, pinned, id, problem,    version) {
  version = json_member(id, "version")
  if (pinned != "" && version > 0 && kind_of[version] == "string" && text_of[version] != pinned)
    print "plugin\t" plugin "\t" problem
}

# Says which required plugin has the name of an enabled one from another marketplace.
function print_clash(key,    at, p, wanted) {
  for (p = 1; p <= plugin_count; p++) {
    split(plugins[p], wanted, "\t")
    if (index(key, wanted[1] "@") == 1 && key != wanted[1] "@" wanted[2])
      print "plugin\t" p "\tclash"
  }
}

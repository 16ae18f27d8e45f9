# What one user has of the required plugins. Arguments: those of the files that may be read. FLEET_PLUGINS as for
# settings; FLEET_HOME the home folder.
BEGIN {
  plugin_count = split(ENVIRON["FLEET_PLUGINS"], plugins, "\n")
  home = ENVIRON["FLEET_HOME"] "/.claude/"
  for (i = 1; i < ARGC; i++) is_there[ARGV[i]] = 1
  installed = 0
  file = home "plugins/installed_plugins.json"
  if (file in is_there) {
    installed = read_json(file)
    if (installed == 0) print "unread"
    installed = json_member(installed, "plugins")
  }
  for (p = 1; p <= plugin_count; p++) {
    split(plugins[p], wanted, "\t")
    list = json_member(installed, wanted[1] "@" wanted[2])
    if (list == 0 || kind_of[list] != "array" || size_of[list] == 0) {
      print "plugin\t" p "\tmissing"
    } else {
      for (i = 1; i <= size_of[list]; i++) compare(p, wanted[3], item_of[list, i], "stale-cache")
    }
    file = home "plugins/marketplaces/" wanted[2] "/.claude-plugin/marketplace.json"
    if (!(file in offered)) offered[file] = members_of(file, "plugins")
    list = offered[file]
    if (list == 0 || kind_of[list] != "array") continue
    for (i = 1; i <= size_of[list]; i++)
      if (json_text_of(json_member(item_of[list, i], "name")) == wanted[1])
        compare(p, wanted[3], item_of[list, i], "stale-clone")
  }
  list = members_of(home "settings.json", "enabledPlugins")
  if (list > 0 && kind_of[list] == "object")
    for (i = 1; i <= size_of[list]; i++)
      if (json_counts(list, i) && kind_of[item_of[list, i]] == "true") print_clash(name_of[list, i])
}

function members_of(file, name) { return file in is_there ? json_member(read_json(file), name) : 0 }

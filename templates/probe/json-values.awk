# Single values of a JSON file. WHAT version: the text of that name; trusted: the paths of trusted folders.
BEGIN {
  root = read_json(ARGV[1])
  if (WHAT == "version") print json_text_of(json_member(root, "version"))
  list = json_member(root, "projects")
  if (WHAT == "trusted" && list > 0 && kind_of[list] == "object")
    for (i = 1; i <= size_of[list]; i++)
      if (json_counts(list, i) && kind_of[json_member(item_of[list, i], "hasTrustDialogAccepted")] == "true")
        print name_of[list, i]
}

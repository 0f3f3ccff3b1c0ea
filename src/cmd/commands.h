/* Every command, in the order `bayaz help` shows them.  COMMAND(x) stands for
 * `const struct cmd cmd_x`. */
COMMAND(help)
COMMAND(check)
COMMAND(project_new)
COMMAND(project_kit)
COMMAND(join)
COMMAND(open)
COMMAND(merge)
COMMAND(export)
COMMAND(store_dump)
COMMAND(store_rebuild)
COMMAND(version)

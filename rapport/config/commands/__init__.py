"""One module for each subcommand of `rapport`: `add_arguments(parser)` and `execute(arguments) -> exit code`."""

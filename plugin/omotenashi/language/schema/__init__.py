"""The vocabulary as a JSON Schema (draft-07): what editors such as VS Code complete and underline.

It refuses nothing that `omo check` accepts, however a YAML parser types it (yes, 20, 12:30), but for an unquoted
`null`. What needs more than one place to be judged is left to `omo check`.
"""

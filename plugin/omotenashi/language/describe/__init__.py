"""A folder as sentences, for the approval of people who see no YAML: what they say is what the rules do."""

"""What `omo new` writes: files that are right as they are, to be changed."""

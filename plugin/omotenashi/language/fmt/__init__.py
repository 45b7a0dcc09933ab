"""`omo fmt`: lines of rule files made alike and certain slips mended, without a change of what the file means."""

"""The frozen, numbered versions of the schedule, which are all that the public sees of it."""

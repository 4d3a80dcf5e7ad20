"""Letters on releases: whom one concerns, where they are reached, and what has been told to whom."""

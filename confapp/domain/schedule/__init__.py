"""The private draft: what may stand where, what clashes, and every move that was made."""

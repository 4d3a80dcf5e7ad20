"""The press office: transcripts under embargo, their release, and what the public may then read."""

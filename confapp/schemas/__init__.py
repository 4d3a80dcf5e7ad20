"""The shape of what comes in and goes out: one schema for JSON and forms alike."""

"""Who attends, what they picked, and how it reaches their own calendars."""

"""What really happens on the day, room by room."""

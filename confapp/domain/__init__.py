"""What a conference is and what may happen in it; nothing here knows of Flask's requests."""

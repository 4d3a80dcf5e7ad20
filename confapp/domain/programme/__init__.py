"""What a conference is made of: its hosts, rooms, speakers, sessions, slots, and what is known of each."""

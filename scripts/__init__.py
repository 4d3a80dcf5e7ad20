"""What the Makefile does when a recipe would get long; plain Python, so that it runs before anything is installed."""

"""The hall behind the doors: what pages, API, worker and commands say and do alike, so that each says it once."""

"""Solutions, for instructors: each by another road than the check it answers."""

"""What a person can do, as values: actions with their keys, and the menus that they stand in."""

"""One data set, whatever it came from, and how it is made ready for a network."""

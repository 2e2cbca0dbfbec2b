"""Files of weights: read, matched, written."""

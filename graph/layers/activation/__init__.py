"""One function for every value, or along an axis."""

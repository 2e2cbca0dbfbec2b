"""Small parts that know no network."""

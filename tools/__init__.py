"""Scripts that make pictures, tables and counts; none is part of the program."""

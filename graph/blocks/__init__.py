"""Networks with parameters: definition, use, library, grouping, unpacking, and the sketch that
writes them in code.
"""

"""What can be said, stored and checked: sentences, declared fields, formulas, numbers that
remember how they were computed, legal names.
"""

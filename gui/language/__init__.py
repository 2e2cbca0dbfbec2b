"""Sentences and numbers as the person reads them."""

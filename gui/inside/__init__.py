"""Filters, feature maps, predictions: what a run holds."""

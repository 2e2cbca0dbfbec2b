"""Sizes and axes changed, values kept."""

"""What to begin with: start page, cards, fitting, literature."""

"""The items that mirror the session."""

"""What a person does that concerns several panels."""

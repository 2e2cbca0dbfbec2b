"""What torch does with a network: build, train, look inside. Never Qt."""

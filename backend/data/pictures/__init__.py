"""Files of pictures and masks: found in folders, read one by one, loaded in threads."""

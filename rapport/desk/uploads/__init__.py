"""Files that wait for the message being written."""

"""What strangers, colleagues without the right and former members may not do: the bar of SEC-xx and R-16."""

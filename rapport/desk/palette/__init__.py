"""Ctrl-K: what the server knows to find. The page's own actions are added in the browser."""

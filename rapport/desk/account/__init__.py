"""One's own account: profile, security, appearance; and the way to sign in."""

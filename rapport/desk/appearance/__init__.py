"""The company's own accent and logo on every page, also before anybody has signed in."""

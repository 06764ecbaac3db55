"""How companies of one trade begin: teams, tags, prepared words, hours, and what they do not need to see yet.

A *preset* is one file under data/. Applying one uses the same verbs as the settings do, so everything it makes can be
changed or put away there. Layer: above conversations, beside practice.
"""

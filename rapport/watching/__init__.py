"""What is watched, so that no silence goes unseen.

Words: *look* (finds what is wrong in one place, now), *trouble* (one thing found), *alarm* (a trouble that has lasted,
kept as a row from its opening to its end), *second path* (how an alarm reaches people by mail: never by what is broken).

Layer: above backups, below reactions, whose schedule looks every half minute; reactions.watchers lists all looks.
"""

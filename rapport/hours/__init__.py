"""When the company answers: a week of opening hours in its time zone.

Words: a *span* is a pair of minutes since midnight, its end not part of it; a *week* is seven lists of spans, Monday
first. Layer: beside channels.
"""

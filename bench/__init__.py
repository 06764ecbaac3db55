"""Measurements, repeatable by `make bench`: a seeded corpus, intake against a floor, pages, memory, cold start.

Words: *floor* (what the same durable work costs without a product), *round* (one measurement of several).
"""

"""The look: base templates, tokens and components in CSS, small JavaScript behaviours, icons, the Jinja environment.

Words: a *page* is what the staff frame surrounds, a *part* is a piece of a page that is swapped alone, a *behaviour* is
one small JavaScript file. Layer: beside events; knows no Rapport rows.
"""

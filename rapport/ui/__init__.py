"""The look: base templates, tokens and components in CSS, small JavaScript behaviours, icons, the Jinja environment. 

Layer: beside events; knows no Rapport rows.
"""

"""Mail parsing: from any bytes to one `Inbound`, never an exception. Pure Python: no Django, no database, no network.

Words: a *part* is a node of the MIME tree; a *segment* is one piece of readable body (plain, HTML or both); a *word* is
an RFC 2047 encoded word. Entry: `mail.parse_mail`. Layer: channels.
"""

"""Bytes on disk, addressed by their content, and the rows that give them names.

Words: *stored file* (bytes, once), *attachment* (a name for a stored file in a conversation), *signed address* (an
expiring link bound to one viewer). Layer: beside events; conversation and uploader are plain integers.
"""

"""What arrives: stored raw first, then parsed in a child process, matched and received in one short transaction.

Words: *raw message* (bytes and envelope as they came), *matching* (which conversation it belongs to), *fingerprint*
(the key that refuses duplicates), *mail door* (LMTP/SMTP). Layer: above notifications, below automation.
"""

"""Ways in and out: the contract each kind of channel keeps, the registry of kinds, and the Inbox row.

Words: *channel* (a kind: email, chat, phone), *inbox* (one connected address or account of a channel), *adapter*
(translates, never decides), *cursor* (how far an inbox has been read). Layer: above people, below conversations.
"""

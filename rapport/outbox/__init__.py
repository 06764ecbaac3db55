"""What leaves the building: one delivery per message to send, its state shown honestly, retried with care.

Words: *delivery* (queued, sending, sent, deferred, failed, possibly sent), *attempt*. Layer: above conversations.
"""

"""The heart: conversations, messages, notes and drafts, and every verb that changes them.

Words as in the product: conversation, message, reply, note, draft, tag, participant, involvement. A reply is *held*
until its time and then *released*; only a released reply has outward consequences. Layer: above channels.
"""

"""Mailwriting: mails as real mail programs write them, each with the truth about itself.

A *tongue* is a language as mail programs speak it; a *program* is a mail program with its headers, bodies and habits;
a *letter* is one mail and its truth: what is new, what is signature, what is quoted, what was forwarded. *Stories* are
conversations of letters, each with the thread it truly belongs to.

Tongues and programs come in two halves: the rules of `rapport/language` may be tuned on the first half only; the other
half says how they fare on what they have never seen.
"""

"""The practice mailbox: an inbox whose customers are made up. One writes as a customer through the real intake and reads
what the customer receives; nothing leaves the building, and all of it can be removed without a trace.

Words: a *mailbox* is somebody one can write as, a *letter* one mail there. Layer: above intake, below the faces.
"""

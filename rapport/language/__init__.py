"""Language: understanding the text of messages, without Django and without a database.

Words of this app: the *reply* is what the writer said just now; the *quote* is the older conversation that a mail
client copied along; an *attribution* is the line that introduces a quote ("On Monday, Bob wrote:"); the *signature*
is the closing, name and contact part; *embedded* text was forwarded on purpose. Splitting never throws text away: it
says which part is which, so that a page can show the newest part first.

Layer: on one line with events, files, search and ui; imports kit only.
"""

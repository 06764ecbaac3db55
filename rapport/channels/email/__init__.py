"""E-mail: reading and writing mail, IMAP, SMTP, the mail door, the connection doctor."""

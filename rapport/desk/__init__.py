"""The face for staff: sign-in, inbox, conversation, settings, status, live updates. Decides nothing itself."""

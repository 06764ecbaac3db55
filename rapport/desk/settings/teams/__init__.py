"""Teams, their members and signatures."""

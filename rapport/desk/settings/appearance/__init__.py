"""The accent and the logo of the company's pages."""

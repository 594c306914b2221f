"""The web front end: chat page, record pages and the HTTP API. FastAPI lives only here."""

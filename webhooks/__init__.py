"""The HTTP edge: hooks and pages. No domain rules and no SQL live here."""

"""One file per page; its template stands beside it in templates/."""

"""What every HTTP entry needs and no entry owns: errors as problem+json, limits, request ids, pages, static files."""

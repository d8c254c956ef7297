"""The same endpoint as it is usually built: FastAPI, httpx, SQLAlchemy ORM over aiosqlite."""

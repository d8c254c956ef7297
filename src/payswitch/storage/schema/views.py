"""Saved views: filters of a console page under a name, for one person or for all who work for a merchant."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, Table, UniqueConstraint

from payswitch.domain.saved_view import ViewPage
from payswitch.storage.schema.columns import metadata, number, one_of, text

saved_views = Table(
    "saved_views",
    metadata,
    text("view_id"),
    text("merchant_id"),
    text("owner"),
    text("page"),
    text("name"),
    text("query"),
    number("saved_at_ms"),
    text("saved_by"),
    PrimaryKeyConstraint("view_id", name="pk_saved_views"),
    UniqueConstraint("merchant_id", "owner", "page", "name", name="uq_saved_view"),
    CheckConstraint(one_of("page", ViewPage), name="ck_saved_view_page"),
)

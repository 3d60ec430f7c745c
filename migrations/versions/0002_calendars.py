"""Calendars as they stand ready, secret feeds, and events that were imported."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("events") as events:
        events.add_column(sa.Column("stream_url", sa.Text(), nullable=True))
        events.alter_column("fanned_out_on", existing_type=sa.Date(), nullable=True)
        events.create_index(
            op.f("ix_events_campaign_id_timezone"),
            ["campaign_id", "timezone", "status", "starts_at", "ends_at"],
        )
    op.create_table(
        "calendar_scopes",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_calendar_scopes")),
    )
    op.create_table(
        "calendar_memberships",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("paths", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_calendar_memberships_event_id_events")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_calendar_memberships")),
    )
    op.create_table(
        "calendar_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(event_id IS NULL) <> (call_id IS NULL)", name=op.f("ck_calendar_entries_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_calendar_entries_call_id_calls")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_calendar_entries_event_id_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entries")),
        sa.UniqueConstraint(
            "call_id", "language", "kind", name=op.f("uq_calendar_entries_call_id_language_kind")
        ),
        sa.UniqueConstraint(
            "event_id", "language", "kind", name=op.f("uq_calendar_entries_event_id_language_kind")
        ),
    )
    op.create_index(op.f("ix_calendar_entries_stamp"), "calendar_entries", ["stamp"])
    op.create_table(
        "secret_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_secret_feeds_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_secret_feeds_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_feeds")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_secret_feeds_secret_hash")),
    )
    op.create_index(op.f("ix_secret_feeds_account_id"), "secret_feeds", ["account_id"])


def downgrade() -> None:
    op.drop_table("secret_feeds")
    op.drop_table("calendar_entries")
    op.drop_table("calendar_memberships")
    op.drop_table("calendar_scopes")
    op.execute("UPDATE events SET fanned_out_on = date(starts_local) WHERE fanned_out_on IS NULL")
    with op.batch_alter_table("events") as events:
        events.drop_index(op.f("ix_events_campaign_id_timezone"))
        events.alter_column("fanned_out_on", existing_type=sa.Date(), nullable=False)
        events.drop_column("stream_url")

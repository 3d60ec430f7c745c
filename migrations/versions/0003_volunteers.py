"""Wait lists, shifts, minimal data, notices, safety sheets, and what is counted against floods."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blocked_addresses",
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("blocked_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("address_index", name=op.f("pk_blocked_addresses")),
    )
    op.create_table(
        "flood_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_index", sa.LargeBinary(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flood_counts")),
        sa.UniqueConstraint(
            "kind", "subject_index", "hour", name=op.f("uq_flood_counts_kind_subject_index_hour")
        ),
    )
    with op.batch_alter_table("flood_counts", schema=None) as batch_op:
        batch_op.create_index("ix_flood_counts_hour", ["hour"], unique=False)

    op.create_table(
        "forget_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("contents", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forget_requests")),
    )
    op.create_table(
        "country_marks",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("is_discreet", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_country_marks_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "country", name=op.f("pk_country_marks")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("reached", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_notices_event_id_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "event_id", "kind", "occasion", name=op.f("uq_notices_event_id_kind_occasion")
        ),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notices_finished_at_due_at", ["finished_at", "due_at"], unique=False
        )

    op.create_table(
        "safety_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(country IS NULL) <> (event_id IS NULL)", name=op.f("ck_safety_sheets_one_subject")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_safety_sheets_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_safety_sheets_event_id_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_sheets")),
        sa.UniqueConstraint(
            "campaign_id",
            "country",
            "language",
            name=op.f("uq_safety_sheets_campaign_id_country_language"),
        ),
        sa.UniqueConstraint(
            "event_id", "language", name=op.f("uq_safety_sheets_event_id_language")
        ),
    )
    with op.batch_alter_table("safety_sheets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_safety_sheets_event_id"), ["event_id"], unique=False)

    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("starts_local", sa.DateTime(), nullable=True),
        sa.Column("ends_local", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("places > 0", name=op.f("ck_shifts_places_are_positive")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_shifts_event_id_events")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shifts_event_id"), ["event_id"], unique=False)

    op.create_table(
        "signup_sources",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("signups", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_signup_sources_event_id_events")
        ),
        sa.PrimaryKeyConstraint("event_id", "source", name=op.f("pk_signup_sources")),
    )
    op.create_table(
        "personal_feed_entries",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"],
            ["secret_feeds.id"],
            name=op.f("fk_personal_feed_entries_feed_id_secret_feeds"),
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signups.id"], name=op.f("fk_personal_feed_entries_signup_id_signups")
        ),
        sa.PrimaryKeyConstraint("feed_id", "signup_id", name=op.f("pk_personal_feed_entries")),
    )
    with op.batch_alter_table("personal_feed_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_personal_feed_entries_signup_id"), ["signup_id"], unique=False
        )

    op.create_table(
        "signup_shifts",
        sa.Column("signup_id", sa.Text(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_signup_shifts_shift_id_shifts")
        ),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signups.id"], name=op.f("fk_signup_shifts_signup_id_signups")
        ),
        sa.PrimaryKeyConstraint("signup_id", "shift_id", name=op.f("pk_signup_shifts")),
        sa.UniqueConstraint(
            "shift_id", "position", name=op.f("uq_signup_shifts_shift_id_position")
        ),
    )
    op.create_table(
        "testimonies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("signup_id", sa.Text(), nullable=False),
        sa.Column("contents", sa.LargeBinary(), nullable=True),
        sa.Column("may_be_shown", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signups.id"], name=op.f("fk_testimonies_signup_id_signups")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_testimonies")),
    )
    with op.batch_alter_table("testimonies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_testimonies_signup_id"), ["signup_id"], unique=False)

    with op.batch_alter_table("emails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stale_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("has_own_privacy", sa.Boolean(), nullable=True))
    op.execute("UPDATE events SET contact = 'required', has_own_privacy = (1 = 0)")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.alter_column("contact", existing_type=sa.String(length=40), nullable=False)
        batch_op.alter_column("has_own_privacy", existing_type=sa.Boolean(), nullable=False)

    with op.batch_alter_table("signup_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("contents", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("good_until", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE signup_links SET kind = 'page'")
    with op.batch_alter_table("signup_links", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(length=40), nullable=False)

    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("passed_over", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tokens", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("aside_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("burst", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("is_silent", sa.Boolean(), nullable=True))
    op.execute("UPDATE signups SET passed_over = 0, is_silent = (1 = 0)")
    op.execute(
        "UPDATE signups SET position = (SELECT numbered.place FROM ("
        "SELECT id, row_number() OVER (PARTITION BY event_id ORDER BY created_at, id) AS place "
        "FROM signups) AS numbered WHERE numbered.id = signups.id)"
    )
    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.alter_column("position", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("passed_over", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("is_silent", existing_type=sa.Boolean(), nullable=False)
        batch_op.drop_index(batch_op.f("ix_signups_event_id_status"))
        batch_op.create_index("ix_signups_event_id_status", ["event_id", "status", "party_size"])
        batch_op.create_index("ix_signups_event_id_created_at", ["event_id", "created_at"])
        batch_op.create_index("ix_signups_event_id_hold_until", ["event_id", "hold_until"])
        batch_op.create_unique_constraint(
            batch_op.f("uq_signups_event_id_position"), ["event_id", "position"]
        )


def downgrade() -> None:
    # What the older version does not know it must not take for something else.
    op.execute("UPDATE signups SET status = 'held', hold_until = NULL WHERE status = 'waiting'")
    op.execute("UPDATE signups SET status = 'held' WHERE status = 'offered'")
    op.execute("UPDATE emails SET state = 'failed' WHERE state IN ('bounced', 'stale')")
    op.execute("DELETE FROM signup_links WHERE kind <> 'page'")
    op.execute("DELETE FROM personal_feed_entries")
    op.execute("DELETE FROM secret_feeds WHERE kind = 'personal'")
    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_signups_event_id_position"), type_="unique")
        batch_op.drop_index("ix_signups_event_id_hold_until")
        batch_op.drop_index("ix_signups_event_id_created_at")
        batch_op.drop_index("ix_signups_event_id_status")
        batch_op.create_index(
            batch_op.f("ix_signups_event_id_status"), ["event_id", "status"], unique=False
        )
        batch_op.drop_column("is_silent")
        batch_op.drop_column("burst")
        batch_op.drop_column("aside_at")
        batch_op.drop_column("tokens")
        batch_op.drop_column("passed_over")
        batch_op.drop_column("position")

    with op.batch_alter_table("signup_links", schema=None) as batch_op:
        batch_op.drop_column("good_until")
        batch_op.drop_column("contents")
        batch_op.drop_column("kind")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_column("has_own_privacy")
        batch_op.drop_column("contact")

    with op.batch_alter_table("emails", schema=None) as batch_op:
        batch_op.drop_column("stale_at")

    with op.batch_alter_table("testimonies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_testimonies_signup_id"))

    op.drop_table("testimonies")
    op.drop_table("signup_shifts")
    with op.batch_alter_table("personal_feed_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_personal_feed_entries_signup_id"))

    op.drop_table("personal_feed_entries")
    op.drop_table("signup_sources")
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shifts_event_id"))

    op.drop_table("shifts")
    with op.batch_alter_table("safety_sheets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_safety_sheets_event_id"))

    op.drop_table("safety_sheets")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_finished_at_due_at")

    op.drop_table("notices")
    op.drop_table("country_marks")
    op.drop_table("forget_requests")
    with op.batch_alter_table("flood_counts", schema=None) as batch_op:
        batch_op.drop_index("ix_flood_counts_hour")

    op.drop_table("flood_counts")
    op.drop_table("blocked_addresses")

"""Foundation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_foundation"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """The way up; there is none down: a backup is."""
    op.create_table(
        "audit_entry",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("conference_id", "number", name=op.f("uq_audit_entry_conference_id_number")),
    )
    op.create_table(
        "audit_head",
        sa.Column("conference_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("conference_id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "beat",
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_beat")),
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "conference",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("tagline", JSON, nullable=False),
        sa.Column("description", JSON, nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("day_change", sa.Time(), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("contact", sa.String(length=254), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("may_approve_own", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_conference_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference")),
        sa.UniqueConstraint("slug", name=op.f("uq_conference_slug")),
        sa.UniqueConstraint("uuid", name=op.f("uq_conference_uuid")),
    )
    op.create_table(
        "counter",
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_counter")),
    )
    op.create_table(
        "person",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("uuid", name=op.f("uq_person_uuid")),
    )
    op.create_index(op.f("ix_person_email"), "person", ["email"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("session_key", sa.String(length=64), nullable=False),
        sa.Column("totp_secret", sa.String(length=255), nullable=True),
        sa.Column("totp_counter", sa.BigInteger(), nullable=True),
        sa.Column("recovery_codes", JSON, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
        sa.UniqueConstraint("session_key", name=op.f("uq_account_session_key")),
    )
    op.create_table(
        "audit_value",
        sa.Column("id", KEY, nullable=False),
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_value_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_value")),
    )
    op.create_index(op.f("ix_audit_value_entry_id"), "audit_value", ["entry_id"], unique=False)
    op.create_index(op.f("ix_audit_value_person_id"), "audit_value", ["person_id"], unique=False)
    op.create_table(
        "embargo_terms",
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_embargo_terms_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conference_id", name=op.f("pk_embargo_terms")),
    )
    op.create_table(
        "host",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("description", JSON, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("logo", sa.String(length=64), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_host_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["logo"], ["blob.sha256"], name=op.f("fk_host_logo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host")),
        sa.UniqueConstraint("conference_id", "slug", name=op.f("uq_host_conference_id_slug")),
        sa.UniqueConstraint("uuid", name=op.f("uq_host_uuid")),
    )
    op.create_table(
        "made_file",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_made_file_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_made_file")),
    )
    op.create_index(op.f("ix_made_file_conference_id"), "made_file", ["conference_id"], unique=False)
    op.create_table(
        "origin",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target", sa.Uuid(), nullable=False),
        sa.Column("keys", JSON, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_origin_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origin")),
        sa.UniqueConstraint(
            "conference_id", "source", "kind", "target", name=op.f("uq_origin_conference_id_source_kind_target")
        ),
    )
    op.create_table(
        "outbox",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("is_delivered", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_outbox_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("uuid", name=op.f("uq_outbox_uuid")),
    )
    op.create_index(op.f("ix_outbox_conference_id"), "outbox", ["conference_id"], unique=False)
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "poll",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_poll_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
        sa.UniqueConstraint("uuid", name=op.f("uq_poll_uuid")),
    )
    op.create_index(op.f("ix_poll_conference_id"), "poll", ["conference_id"], unique=False)
    op.create_index(
        "uq_poll_open",
        "poll",
        ["public_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "press_subscriber",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_press_subscriber_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_press_subscriber")),
        sa.UniqueConstraint("email", "conference_id", name=op.f("uq_press_subscriber_email_conference_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_press_subscriber_uuid")),
    )
    op.create_index(op.f("ix_press_subscriber_conference_id"), "press_subscriber", ["conference_id"], unique=False)
    op.create_index(
        "uq_press_subscriber_everywhere",
        "press_subscriber",
        ["email"],
        unique=True,
        sqlite_where=sa.text("conference_id IS NULL"),
        postgresql_where=sa.text("conference_id IS NULL"),
    )
    op.create_table(
        "private_file",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_private_file_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_private_file")),
    )
    op.create_index(op.f("ix_private_file_conference_id"), "private_file", ["conference_id"], unique=False)
    op.create_table(
        "public_picture",
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_public_picture_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conference_id", "sha256", name=op.f("pk_public_picture")),
    )
    op.create_index(op.f("ix_public_picture_sha256"), "public_picture", ["sha256"], unique=False)
    op.create_table(
        "publication",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("version", sa.String(length=36), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "released",
                "superseded",
                "withdrawn",
                name="publication_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("session", sa.String(length=12), nullable=True),
        sa.Column("session_title", JSON, nullable=False),
        sa.Column("speakers", JSON, nullable=False),
        sa.Column("kicker", sa.String(length=100), nullable=False),
        sa.Column("headline", sa.String(length=300), nullable=False),
        sa.Column("byline", sa.String(length=200), nullable=False),
        sa.Column("byline_role", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("caption", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("blocks", JSON, nullable=False),
        sa.Column("correction", sa.String(length=32), nullable=True),
        sa.Column("correction_note", sa.String(length=500), nullable=False),
        sa.Column("is_not_delivered", sa.Boolean(), nullable=False),
        sa.Column("is_self_approved", sa.Boolean(), nullable=False),
        sa.Column("translates", sa.Integer(), nullable=True),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("redacted_hash", sa.String(length=64), nullable=True),
        sa.Column("released_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("ledger", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_publication_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("conference_id", "previous", name=op.f("uq_publication_conference_id_previous")),
        sa.UniqueConstraint("public_id", "number", name=op.f("uq_publication_public_id_number")),
        sa.UniqueConstraint("version", name=op.f("uq_publication_version")),
    )
    op.create_index("ix_publication_latest", "publication", ["conference_id", "state", "released_at"], unique=False)
    op.create_index(op.f("ix_publication_public_id"), "publication", ["public_id"], unique=False)
    op.create_table(
        "registration",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "ally",
                "partner",
                "industry",
                "academia",
                "press",
                "staff",
                "guest",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("registered_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("wants_invitations", sa.Boolean(), nullable=False),
        sa.Column("wants_letters", sa.Boolean(), nullable=False),
        sa.Column("letter_language", sa.String(length=35), nullable=True),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_registration_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_registration_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("conference_id", "code", name=op.f("uq_registration_conference_id_code")),
        sa.UniqueConstraint("conference_id", "person_id", name=op.f("uq_registration_conference_id_person_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_registration_uuid")),
    )
    op.create_index(op.f("ix_registration_person_id"), "registration", ["person_id"], unique=False)
    op.create_table(
        "release",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("released_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("redaction", sa.Integer(), nullable=False),
        sa.Column("schedule_version", sa.Integer(), nullable=False),
        sa.Column("note", JSON, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_release_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("conference_id", "number", name=op.f("uq_release_conference_id_number")),
    )
    op.create_table(
        "schedule",
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_schedule_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conference_id", name=op.f("pk_schedule")),
    )
    op.create_table(
        "speaker",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("affiliation", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("biography", JSON, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("letter_language", sa.String(length=35), nullable=True),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_speaker_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_speaker_person_id")),
        sa.ForeignKeyConstraint(["photo"], ["blob.sha256"], name=op.f("fk_speaker_photo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker")),
        sa.UniqueConstraint("conference_id", "code", name=op.f("uq_speaker_conference_id_code")),
        sa.UniqueConstraint("number", name=op.f("uq_speaker_number")),
        sa.UniqueConstraint("uuid", name=op.f("uq_speaker_uuid")),
    )
    op.create_index(op.f("ix_speaker_conference_id"), "speaker", ["conference_id"], unique=False)
    op.create_index(op.f("ix_speaker_person_id"), "speaker", ["person_id"], unique=False)
    op.create_table(
        "track",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("colour", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("colour BETWEEN 1 AND 12", name=op.f("ck_track_colour")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_track_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint("conference_id", "slug", name=op.f("uq_track_conference_id_slug")),
        sa.UniqueConstraint("uuid", name=op.f("uq_track_uuid")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("old_secret", sa.String(length=100), nullable=True),
        sa.Column("old_until", MOMENT, nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_webhook_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("uuid", name=op.f("uq_webhook_uuid")),
    )
    op.create_index(op.f("ix_webhook_conference_id"), "webhook", ["conference_id"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_token_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"], unique=False)
    op.create_table(
        "board_presence",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("client", sa.Uuid(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("slot", sa.Uuid(), nullable=True),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_board_presence_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_board_presence_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_presence")),
        sa.UniqueConstraint("conference_id", "client", name=op.f("uq_board_presence_conference_id_client")),
    )
    op.create_table(
        "feed",
        sa.Column("id", KEY, nullable=False),
        sa.Column("registration_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_feed_registration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_feed_digest")),
    )
    op.create_index(op.f("ix_feed_registration_id"), "feed", ["registration_id"], unique=False)
    op.create_table(
        "grant",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner",
                "organiser",
                "track_manager",
                "host_coordinator",
                "press_officer",
                "press_approver",
                "journalist",
                "stage_desk",
                "door_staff",
                "read_only",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scope_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("granted_by_id", KEY, nullable=True),
        sa.CheckConstraint("scope_id IS NULL OR scope_id > 0", name=op.f("ck_grant_scope")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_grant_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_grant_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["account.id"], name=op.f("fk_grant_granted_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sa.UniqueConstraint(
            "account_id",
            "conference_id",
            "role",
            "scope_id",
            name=op.f("uq_grant_account_id_conference_id_role_scope_id"),
        ),
    )
    op.create_index(op.f("ix_grant_account_id"), "grant", ["account_id"], unique=False)
    op.create_index(op.f("ix_grant_conference_id"), "grant", ["conference_id"], unique=False)
    op.create_index(
        "uq_grant_without_scope",
        "grant",
        ["account_id", "conference_id", "role"],
        unique=True,
        sqlite_where=sa.text("scope_id IS NULL"),
        postgresql_where=sa.text("scope_id IS NULL"),
    )
    op.create_table(
        "invitation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("registration_id", KEY, nullable=False),
        sa.Column("entry", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_invitation_registration_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("registration_id", "entry", name=op.f("uq_invitation_registration_id_entry")),
    )
    op.create_table(
        "job",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("import", "site", name="job_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken_until", MOMENT, nullable=True),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("done", "refused", "failed", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("result", JSON, nullable=True),
        sa.Column("refusal", JSON, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_job_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_job_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("uuid", name=op.f("uq_job_uuid")),
    )
    op.create_index(op.f("ix_job_conference_id"), "job", ["conference_id"], unique=False)
    op.create_index(
        "ix_job_waiting",
        "job",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "override",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "room",
                "venue",
                "person",
                "closed",
                "away",
                "order",
                "days",
                "changeover",
                "walking",
                "capacity",
                "nobody",
                "unconfirmed",
                name="rule",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_override_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_override_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
        sa.UniqueConstraint("conference_id", "fingerprint", name=op.f("uq_override_conference_id_fingerprint")),
    )
    op.create_table(
        "poll_vote",
        sa.Column("poll_id", KEY, nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_vote_poll_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("poll_id", "voter", name=op.f("pk_poll_vote")),
    )
    op.create_table(
        "programme_import",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("origins", JSON, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_programme_import_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_programme_import_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_import")),
        sa.UniqueConstraint("uuid", name=op.f("uq_programme_import_uuid")),
    )
    op.create_index(op.f("ix_programme_import_conference_id"), "programme_import", ["conference_id"], unique=False)
    op.create_table(
        "publication_words",
        sa.Column("id", KEY, nullable=False),
        sa.Column("publication_id", KEY, nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_publication_words_publication_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_words")),
    )
    op.create_index(op.f("ix_publication_words_publication_id"), "publication_words", ["publication_id"], unique=False)
    op.create_table(
        "release_entry",
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.String(length=12), nullable=False),
        sa.Column("room", sa.String(length=60), nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("release_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_entry_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_entry")),
    )
    op.create_index(op.f("ix_release_entry_uuid"), "release_entry", ["uuid"], unique=False)
    op.create_table(
        "release_host",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("release_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_host_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_host")),
    )
    op.create_table(
        "release_part",
        sa.Column("session", sa.String(length=12), nullable=False),
        sa.Column("person", sa.String(length=12), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("release_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_part_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_part")),
    )
    op.create_table(
        "release_person",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("release_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_person_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_person")),
    )
    op.create_index(op.f("ix_release_person_code"), "release_person", ["code"], unique=False)
    op.create_table(
        "release_room",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("release_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_room_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_room")),
    )
    op.create_table(
        "release_session",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("release_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_session_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_session")),
    )
    op.create_table(
        "release_track",
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("release_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_track_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "position", name=op.f("pk_release_track")),
    )
    op.create_table(
        "session",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "keynote",
                "talk",
                "panel",
                "workshop",
                "lightning",
                "break",
                "social",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "confirmed",
                "rejected",
                "withdrawn",
                "cancelled",
                name="session_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("track_id", KEY, nullable=True),
        sa.Column("title", JSON, nullable=False),
        sa.Column("subtitle", JSON, nullable=False),
        sa.Column("abstract", JSON, nullable=False),
        sa.Column("description", JSON, nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("is_recorded", sa.Boolean(), nullable=True),
        sa.Column("is_chatham_house", sa.Boolean(), nullable=False),
        sa.Column("links", JSON, nullable=False),
        sa.Column("online", sa.String(length=500), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_session_duration")),
        sa.CheckConstraint("expected IS NULL OR expected >= 0", name=op.f("ck_session_expected")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_session_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_session_track_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("conference_id", "code", name=op.f("uq_session_conference_id_code")),
        sa.UniqueConstraint("number", name=op.f("uq_session_number")),
        sa.UniqueConstraint("uuid", name=op.f("uq_session_uuid")),
    )
    op.create_index(op.f("ix_session_conference_id"), "session", ["conference_id"], unique=False)
    op.create_index(op.f("ix_session_track_id"), "session", ["track_id"], unique=False)
    op.create_table(
        "speaker_page",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("speaker_id", KEY, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_speaker_page_speaker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_page")),
        sa.UniqueConstraint("digest", name=op.f("uq_speaker_page_digest")),
        sa.UniqueConstraint("uuid", name=op.f("uq_speaker_page_uuid")),
    )
    op.create_index(op.f("ix_speaker_page_speaker_id"), "speaker_page", ["speaker_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "hours",
                "times",
                "walks",
                "order",
                "room",
                "session",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_task_account_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_task_conference_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("conference_id", "fingerprint", name=op.f("uq_task_conference_id_fingerprint")),
    )
    op.create_table(
        "telling",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("release_id", KEY, nullable=False),
        sa.Column("groups", JSON, nullable=False),
        sa.Column("since", JSON, nullable=False),
        sa.Column("behind", JSON, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("overtaken_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_telling_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_telling_release_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telling")),
        sa.UniqueConstraint("release_id", name=op.f("uq_telling_release_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_telling_uuid")),
    )
    op.create_index(op.f("ix_telling_conference_id"), "telling", ["conference_id"], unique=False)
    op.create_table(
        "venue",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("host_id", KEY, nullable=True),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("plan", sa.String(length=64), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_venue_place")),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name=op.f("ck_venue_degrees")
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_venue_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_venue_host_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["plan"], ["blob.sha256"], name=op.f("fk_venue_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("conference_id", "slug", name=op.f("uq_venue_conference_id_slug")),
        sa.UniqueConstraint("uuid", name=op.f("uq_venue_uuid")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("webhook_id", KEY, nullable=False),
        sa.Column("message", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("publication_id", KEY, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempted_at", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_webhook_delivery_publication_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("webhook_id", "message", name=op.f("uq_webhook_delivery_webhook_id_message")),
    )
    op.create_table(
        "follows",
        sa.Column("earlier_id", KEY, nullable=False),
        sa.Column("later_id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.CheckConstraint("earlier_id <> later_id", name=op.f("ck_follows_two")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_follows_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["earlier_id"], ["session.id"], name=op.f("fk_follows_earlier_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["later_id"], ["session.id"], name=op.f("fk_follows_later_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("earlier_id", "later_id", name=op.f("pk_follows")),
    )
    op.create_index(op.f("ix_follows_conference_id"), "follows", ["conference_id"], unique=False)
    op.create_index(op.f("ix_follows_later_id"), "follows", ["later_id"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("telling_id", KEY, nullable=False),
        sa.Column("readers", JSON, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["telling_id"], ["telling.id"], name=op.f("fk_letter_telling_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("uuid", name=op.f("uq_letter_uuid")),
    )
    op.create_index(op.f("ix_letter_telling_id"), "letter", ["telling_id"], unique=False)
    op.create_table(
        "part",
        sa.Column("id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("speaker_id", KEY, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "speaker", "panellist", "chair", name="part_role", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_part_session_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["speaker_id"], ["speaker.id"], name=op.f("fk_part_speaker_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part")),
        sa.UniqueConstraint("session_id", "speaker_id", "role", name=op.f("uq_part_session_id_speaker_id_role")),
    )
    op.create_index(op.f("ix_part_session_id"), "part", ["session_id"], unique=False)
    op.create_index(op.f("ix_part_speaker_id"), "part", ["speaker_id"], unique=False)
    op.create_table(
        "pick",
        sa.Column("registration_id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=False),
        sa.Column("picked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_pick_registration_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_pick_session_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("registration_id", "session_id", name=op.f("pk_pick")),
    )
    op.create_index(op.f("ix_pick_session_id"), "pick", ["session_id"], unique=False)
    op.create_table(
        "room",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("venue_id", KEY, nullable=True),
        sa.Column("host_id", KEY, nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("floor", sa.String(length=40), nullable=False),
        sa.Column("is_step_free", sa.Boolean(), nullable=True),
        sa.Column("equipment", JSON, nullable=False),
        sa.Column("changeover_minutes", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_room_capacity")),
        sa.CheckConstraint("changeover_minutes BETWEEN 0 AND 1440", name=op.f("ck_room_changeover")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_room_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], name=op.f("fk_room_host_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_room_venue_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("conference_id", "code", name=op.f("uq_room_conference_id_code")),
        sa.UniqueConstraint("uuid", name=op.f("uq_room_uuid")),
    )
    op.create_table(
        "transcript",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=True),
        sa.Column("next_block", sa.Integer(), nullable=False),
        sa.Column("public_blocks", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_transcript_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_transcript_session_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript")),
        sa.UniqueConstraint("public_id", name=op.f("uq_transcript_public_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_transcript_uuid")),
    )
    op.create_index(op.f("ix_transcript_conference_id"), "transcript", ["conference_id"], unique=False)
    op.create_index(op.f("ix_transcript_session_id"), "transcript", ["session_id"], unique=False)
    op.create_table(
        "walk",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("one_id", KEY, nullable=False),
        sa.Column("other_id", KEY, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 240", name=op.f("ck_walk_minutes")),
        sa.CheckConstraint("one_id <= other_id", name=op.f("ck_walk_in_order")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_walk_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["one_id"], ["venue.id"], name=op.f("fk_walk_one_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["venue.id"], name=op.f("fk_walk_other_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_walk_one_id_other_id")),
    )
    op.create_index(op.f("ix_walk_conference_id"), "walk", ["conference_id"], unique=False)
    op.create_index(op.f("ix_walk_other_id"), "walk", ["other_id"], unique=False)
    op.create_table(
        "availability",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("room_id", KEY, nullable=True),
        sa.Column("speaker_id", KEY, nullable=True),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.CheckConstraint("(room_id IS NULL) <> (speaker_id IS NULL)", name=op.f("ck_availability_of_one")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_availability_duration")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_availability_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_availability_room_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speaker.id"], name=op.f("fk_availability_speaker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
    )
    op.create_index(op.f("ix_availability_conference_id"), "availability", ["conference_id"], unique=False)
    op.create_index(op.f("ix_availability_room_id"), "availability", ["room_id"], unique=False)
    op.create_index(op.f("ix_availability_speaker_id"), "availability", ["speaker_id"], unique=False)
    op.create_table(
        "slot",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("session_id", KEY, nullable=True),
        sa.Column("room_id", KEY, nullable=True),
        sa.Column("starts_at", MOMENT, nullable=True),
        sa.Column("ends_at", MOMENT, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_slot_both_ends")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slot_duration")),
        sa.CheckConstraint("starts_at IS NOT NULL OR room_id IS NULL", name=op.f("ck_slot_room_needs_time")),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_slot_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_slot_room_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_slot_session_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("number", name=op.f("uq_slot_number")),
        sa.UniqueConstraint("uuid", name=op.f("uq_slot_uuid")),
    )
    op.create_index("ix_slot_conference_time", "slot", ["conference_id", "starts_at"], unique=False)
    op.create_index(op.f("ix_slot_room_id"), "slot", ["room_id"], unique=False)
    op.create_index(op.f("ix_slot_session_id"), "slot", ["session_id"], unique=False)
    op.create_table(
        "transcript_comment",
        sa.Column("id", KEY, nullable=False),
        sa.Column("transcript_id", KEY, nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=True),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_transcript_comment_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name=op.f("fk_transcript_comment_transcript_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_comment")),
    )
    op.create_index(op.f("ix_transcript_comment_transcript_id"), "transcript_comment", ["transcript_id"], unique=False)
    op.create_table(
        "transcript_version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("transcript_id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "as_prepared",
                "as_delivered",
                "notes",
                "unspecified",
                name="version_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "changes_requested",
                "approved",
                "armed",
                "held",
                "released",
                "superseded",
                "withdrawn",
                "discarded",
                name="version_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("kicker", sa.String(length=100), nullable=False),
        sa.Column("headline", sa.String(length=300), nullable=False),
        sa.Column("byline", sa.String(length=200), nullable=False),
        sa.Column("byline_role", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("caption", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("page_date", sa.Date(), nullable=True),
        sa.Column("blocks", JSON, nullable=False),
        sa.Column(
            "correction",
            sa.Enum(
                "typo",
                "transcription",
                "attribution",
                "translation",
                "retraction",
                name="correction",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("correction_note", sa.String(length=500), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("lock_version", sa.Integer(), nullable=False),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("import_report", JSON, nullable=True),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("base_id", KEY, nullable=True),
        sa.Column("translation_of_id", KEY, nullable=True),
        sa.Column("source_revision", sa.Integer(), nullable=True),
        sa.Column(
            "policy",
            sa.Enum(
                "on_session_end",
                "at_scheduled_end",
                "at_time",
                "both",
                "manual",
                name="policy",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("policy_at", MOMENT, nullable=True),
        sa.Column("undo_seconds", sa.Integer(), nullable=False),
        sa.Column("is_not_delivered", sa.Boolean(), nullable=False),
        sa.Column("armed_at", MOMENT, nullable=True),
        sa.Column("armed_start", MOMENT, nullable=True),
        sa.Column("armed_end", MOMENT, nullable=True),
        sa.Column("go_ahead_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(policy IN ('at_time', 'both')) = (policy_at IS NOT NULL)", name=op.f("ck_transcript_version_policy_at")
        ),
        sa.CheckConstraint("(state = 'armed') = (policy IS NOT NULL)", name=op.f("ck_transcript_version_armed")),
        sa.CheckConstraint("undo_seconds BETWEEN 0 AND 3600", name=op.f("ck_transcript_version_undo")),
        sa.ForeignKeyConstraint(["base_id"], ["transcript_version.id"], name=op.f("fk_transcript_version_base_id")),
        sa.ForeignKeyConstraint(["source"], ["blob.sha256"], name=op.f("fk_transcript_version_source")),
        sa.ForeignKeyConstraint(
            ["transcript_id"], ["transcript.id"], name=op.f("fk_transcript_version_transcript_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["translation_of_id"], ["transcript_version.id"], name=op.f("fk_transcript_version_translation_of_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_version")),
        sa.UniqueConstraint("uuid", name=op.f("uq_transcript_version_uuid")),
    )
    op.create_index(op.f("ix_transcript_version_base_id"), "transcript_version", ["base_id"], unique=False)
    op.create_index(op.f("ix_transcript_version_state"), "transcript_version", ["state"], unique=False)
    op.create_index(op.f("ix_transcript_version_transcript_id"), "transcript_version", ["transcript_id"], unique=False)
    op.create_index(
        op.f("ix_transcript_version_translation_of_id"), "transcript_version", ["translation_of_id"], unique=False
    )
    op.create_index(
        "uq_transcript_version_open",
        "transcript_version",
        ["transcript_id", "kind", "language"],
        unique=True,
        sqlite_where=sa.text("state IN ('approved', 'armed', 'changes_requested', 'draft', 'held', 'in_review')"),
        postgresql_where=sa.text("state IN ('approved', 'armed', 'changes_requested', 'draft', 'held', 'in_review')"),
    )
    op.create_table(
        "approval",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("is_checked", sa.Boolean(), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("voided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_approval_account_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["transcript_version.id"], name=op.f("fk_approval_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_version_id"), "approval", ["version_id"], unique=False)
    op.create_table(
        "embargo_acceptance",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("terms", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_embargo_acceptance_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["transcript_version.id"], name=op.f("fk_embargo_acceptance_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embargo_acceptance")),
        sa.UniqueConstraint(
            "version_id", "account_id", "terms", name=op.f("uq_embargo_acceptance_version_id_account_id_terms")
        ),
    )
    op.create_index(op.f("ix_embargo_acceptance_account_id"), "embargo_acceptance", ["account_id"], unique=False)
    op.create_table(
        "embargo_reading",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=12), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_embargo_reading_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["transcript_version.id"], name=op.f("fk_embargo_reading_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embargo_reading")),
    )
    op.create_index(op.f("ix_embargo_reading_version_id"), "embargo_reading", ["version_id"], unique=False)
    op.create_table(
        "press_alarm",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "late",
                "overrun",
                "held",
                "disarmed",
                "voided",
                "incident",
                "withdrawal",
                "outdated",
                "chatham_house",
                name="alarm",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["transcript_version.id"], name=op.f("fk_press_alarm_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_press_alarm")),
        sa.UniqueConstraint("version_id", "kind", "about", name=op.f("uq_press_alarm_version_id_kind_about")),
    )
    op.create_index(op.f("ix_press_alarm_version_id"), "press_alarm", ["version_id"], unique=False)
    op.create_table(
        "slot_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("slot_id", KEY, nullable=False),
        sa.Column(
            "deed",
            sa.Enum(
                "place",
                "unplace",
                "import",
                "shift",
                "swap",
                "move",
                "fit",
                "compact",
                "clear",
                "room",
                "track",
                "copy",
                "roll_back",
                "undo",
                "redo",
                name="deed",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.Column("track", JSON, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_slot_change_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_slot_change_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_slot_change_slot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_change")),
        sa.UniqueConstraint(
            "conference_id", "version", "slot_id", name=op.f("uq_slot_change_conference_id_version_slot_id")
        ),
    )
    op.create_index("ix_slot_change_account", "slot_change", ["conference_id", "account_id", "version"], unique=False)
    op.create_index(op.f("ix_slot_change_slot_id"), "slot_change", ["slot_id"], unique=False)
    op.create_index("ix_slot_change_target", "slot_change", ["conference_id", "target"], unique=False)
    op.create_table(
        "stage_fact",
        sa.Column("id", KEY, nullable=False),
        sa.Column("conference_id", KEY, nullable=False),
        sa.Column("slot_id", KEY, nullable=False),
        sa.Column(
            "fact",
            sa.Enum(
                "started",
                "running_over",
                "ended",
                "revoked",
                "postponed",
                "cancelled",
                name="fact",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_stage_fact_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["conference_id"], ["conference.id"], name=op.f("fk_stage_fact_conference_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_stage_fact_slot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_fact")),
    )
    op.create_index(op.f("ix_stage_fact_conference_id"), "stage_fact", ["conference_id"], unique=False)
    op.create_index(op.f("ix_stage_fact_slot_id"), "stage_fact", ["slot_id"], unique=False)
    op.create_table(
        "transcript_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column(
            "event",
            sa.Enum(
                "create",
                "import",
                "confirm_import",
                "edit",
                "submit",
                "request_changes",
                "approve",
                "arm",
                "disarm",
                "go_ahead",
                "hold",
                "ask_unhold",
                "unhold",
                "follow_source",
                "void",
                "release",
                "incident",
                "settle",
                "correct",
                "supersede",
                "withdraw",
                "confirm_withdrawal",
                "reinstate",
                "discard",
                name="event",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("before", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=32), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column(
            "policy",
            sa.Enum(
                "on_session_end",
                "at_scheduled_end",
                "at_time",
                "both",
                "manual",
                name="policy",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_transcript_event_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["transcript_version.id"], name=op.f("fk_transcript_event_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_event")),
    )
    op.create_index(op.f("ix_transcript_event_version_id"), "transcript_event", ["version_id"], unique=False)
    op.create_table(
        "transcript_revision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_transcript_revision_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["transcript_version.id"],
            name=op.f("fk_transcript_revision_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_revision")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_transcript_revision_version_id_number")),
    )
    op.create_table(
        "transcript_working_copy",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("typed", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_transcript_working_copy_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["transcript_version.id"],
            name=op.f("fk_transcript_working_copy_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_working_copy")),
        sa.UniqueConstraint("version_id", "account_id", name=op.f("uq_transcript_working_copy_version_id_account_id")),
    )
    op.create_index(
        op.f("ix_transcript_working_copy_account_id"), "transcript_working_copy", ["account_id"], unique=False
    )

"""Facts of the whole installation, such as the demonstration's distance from real time."""

from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base


class InstallationFact(Base):
    """A named fact, made once."""

    __tablename__ = "installation_facts"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]  # text; numbers and moments as their own names say

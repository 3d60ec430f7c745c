"""CampaignError: a rule said no. The pages that show it stand in `error_pages.py`."""


class CampaignError(Exception):
    """A rule of the domain said no, in one sentence for the person who asked.

    The sentence may be lazy: it is translated where it is shown.
    """

    status = 409

    def __init__(self, sentence: object) -> None:
        """Keep the sentence unread, since its language is known only later."""
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        """Return the sentence in the language spoken now."""
        return str(self.sentence)


class NotFoundError(CampaignError):
    """What was asked for is not here, or not for this person."""

    status = 404


class InvalidError(CampaignError):
    """What was given cannot be read."""

    status = 422

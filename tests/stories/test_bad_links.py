"""Whoever comes by a bad link is told what happened and what to do now, in English and Korean."""

from datetime import timedelta

import pytest

from campaign.commands.demo import SLUG
from tests.factories import command, make_campaign_of_2005
from tests.stories.browsing import Visitor
from tests.stories.letters import link_in

LANGUAGES = ["en", "ko"]

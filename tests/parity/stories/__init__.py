"""Scenarios in dependency order, each of valid calls alone; together they come by all 124 operations."""

from tests.parity.stories.access import STORIES as ACCESS
from tests.parity.stories.documents import STORIES as DOCUMENTS
from tests.parity.stories.domains import STORIES as DOMAINS
from tests.parity.stories.drawing import STORIES as DRAWING
from tests.parity.stories.live import STORIES as LIVE
from tests.parity.walk import Story

STORIES: list[Story] = [*DRAWING, *DOCUMENTS, *LIVE, *ACCESS, *DOMAINS]

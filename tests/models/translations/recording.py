"""The model under a design, as the tests ask for it."""

from tests.models.recordings import Recording

MODEL = Recording("translations")
SMALL = MODEL.small
recorded, explored = MODEL.recorded, MODEL.explored

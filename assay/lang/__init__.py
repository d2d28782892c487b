"""The language that models are written in: recorded Python. Engines read `assay.lang.recorded`."""

from assay.lang.flags import Bits
from assay.lang.kinds import Enumeration, Kind, member
from assay.lang.model import Act, Claims, Model, Step, predicate
from assay.lang.numbers import Int, Natural, Word
from assay.lang.options import Option, choose, none, some
from assay.lang.progress import leads_to, strongly, weakly
from assay.lang.quantify import exists, forall
from assay.lang.ranking import Ranking, Rankings, helps, passing, ranked, set_of
from assay.lang.record import record
from assay.lang.recorded import Recorded, Role
from assay.lang.recording import ModelError, Problem
from assay.lang.state import Ghost, State, Table, normally
from assay.lang.statements import Statement, free, statement
from assay.lang.terms import FALSE, TRUE, Truth, all_of, any_of

__all__ = [
    "FALSE",
    "TRUE",
    "Act",
    "Bits",
    "Claims",
    "Enumeration",
    "Ghost",
    "Int",
    "Kind",
    "Model",
    "ModelError",
    "Natural",
    "Option",
    "Problem",
    "Ranking",
    "Rankings",
    "Recorded",
    "Role",
    "State",
    "Statement",
    "Step",
    "Table",
    "Truth",
    "Word",
    "all_of",
    "any_of",
    "choose",
    "exists",
    "forall",
    "free",
    "helps",
    "leads_to",
    "member",
    "none",
    "normally",
    "passing",
    "predicate",
    "ranked",
    "record",
    "set_of",
    "some",
    "statement",
    "strongly",
    "weakly",
]

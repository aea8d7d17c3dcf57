"""Virtual subjects."""
from typing import Any
def subjects(given: Any, protocols: Any, seed: int) -> Any:
    raise NotImplementedError

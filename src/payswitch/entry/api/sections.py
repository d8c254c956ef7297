"""The parts of the API: what shops may do, and what operators may do. Each has its own keys."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.admin.call import admit_operator
from payswitch.entry.api.admin.operations import ADMIN_OPERATIONS
from payswitch.entry.api.call import admit_shop
from payswitch.entry.api.operation import Operation, Section
from payswitch.entry.api.operations import OPERATIONS

SHOPS = Section(operations=OPERATIONS, admit=admit_shop, security="apiKey")
OPERATORS = Section(operations=ADMIN_OPERATIONS, admit=admit_operator, security="operatorKey")

SECTIONS: tuple[Section[Any], ...] = (SHOPS, OPERATORS)

ALL_OPERATIONS: tuple[Operation[Any], ...] = tuple(one for section in SECTIONS for one in section.operations)

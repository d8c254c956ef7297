"""The parts of the API: what shops may do, what operators may do, and what the console needs to let people in. Each has
its own door."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.admin.call import admit_operator
from payswitch.entry.api.admin.operations import ADMIN_OPERATIONS
from payswitch.entry.api.call import admit_shop
from payswitch.entry.api.console.call import admit_anyone, admit_user
from payswitch.entry.api.console.operations import OWN_OPERATIONS, STRANGERS_OPERATIONS
from payswitch.entry.api.operation import Operation, Section
from payswitch.entry.api.operations import OPERATIONS

SHOPS = Section(operations=OPERATIONS, admit=admit_shop, security=("apiKey",))
OPERATORS = Section(operations=ADMIN_OPERATIONS, admit=admit_operator, security=("operatorKey", "session"))
STRANGERS = Section(operations=STRANGERS_OPERATIONS, admit=admit_anyone, security=())
USERS = Section(operations=OWN_OPERATIONS, admit=admit_user, security=("session",))

SECTIONS: tuple[Section[Any], ...] = (SHOPS, OPERATORS, STRANGERS, USERS)

ALL_OPERATIONS: tuple[Operation[Any], ...] = tuple(one for section in SECTIONS for one in section.operations)

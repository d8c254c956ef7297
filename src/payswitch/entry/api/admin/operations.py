"""Every operation of the admin API. A new family of operations gets a module in the folder of its
subject, and one line here."""

from __future__ import annotations

from payswitch.entry.api.admin.alerts.alert_operations import ALERT_OPERATIONS
from payswitch.entry.api.admin.books.bill_operations import BILL_OPERATIONS
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.admin.channels.channel_operations import CHANNEL_OPERATIONS
from payswitch.entry.api.admin.channels.connector_operations import CONNECTOR_OPERATIONS
from payswitch.entry.api.admin.channels.fault_operations import FAULT_OPERATIONS
from payswitch.entry.api.admin.channels.quality_operations import QUALITY_OPERATIONS
from payswitch.entry.api.admin.desk.event_operations import EVENT_OPERATIONS
from payswitch.entry.api.admin.desk.payment_operations import PAYMENT_OPERATIONS
from payswitch.entry.api.admin.desk.refund_operations import REFUND_OPERATIONS
from payswitch.entry.api.admin.desk.shop_operations import SHOP_OPERATIONS
from payswitch.entry.api.admin.live.live_operations import LIVE_OPERATIONS
from payswitch.entry.api.admin.people.trail_operations import TRAIL_OPERATIONS
from payswitch.entry.api.admin.people.user_operations import USER_OPERATIONS
from payswitch.entry.api.admin.policies.policy_operations import POLICY_OPERATIONS
from payswitch.entry.api.admin.reports.analysis_operations import ANALYSIS_OPERATIONS
from payswitch.entry.api.operation import Operation

ADMIN_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    *LIVE_OPERATIONS,
    *CONNECTOR_OPERATIONS,
    *FAULT_OPERATIONS,
    *ALERT_OPERATIONS,
    *CHANNEL_OPERATIONS,
    *QUALITY_OPERATIONS,
    *POLICY_OPERATIONS,
    *BILL_OPERATIONS,
    *REFUND_OPERATIONS,
    *PAYMENT_OPERATIONS,
    *EVENT_OPERATIONS,
    *SHOP_OPERATIONS,
    *ANALYSIS_OPERATIONS,
    *USER_OPERATIONS,
    *TRAIL_OPERATIONS,
)

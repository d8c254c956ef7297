"""API V2 of WeChat Pay, as far as 付款码 needs it: micropay, orderquery, reverse. XML, signed with the APIv2 key."""

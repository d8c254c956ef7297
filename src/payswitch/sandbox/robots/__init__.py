"""群机器人: a receiver for alerts that speaks the protocols of DingTalk's, Feishu's and WeCom's group robots.

Written from their documents alone, apart from the sender: what one of the two misread, the other finds out.
"""

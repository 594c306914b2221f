"""Một Cửa on Telegram: a conversation above, a delivery below that loses nothing."""

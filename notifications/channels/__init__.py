"""The only code that leaves the machine: each channel has a `send`, which raises when the message
did not leave and else gives the other side's own reference."""

from notifications.channels import email, sms, webhook
from notifications.models import Channel

BY_NAME = {Channel.EMAIL: email, Channel.SMS: sms, Channel.WEBHOOK: webhook}

"""The only code that leaves the machine: each channel has a `send`."""

from notifications.channels import email, sms
from notifications.models import Channel

BY_NAME = {Channel.EMAIL: email, Channel.SMS: sms}

"""Secrets and signatures of what leaves by HTTP (sum): HMAC-SHA256 over `timestamp.body`."""

import base64
import hashlib
import hmac

_SCHEME = "v1"


def secret_of(*, key: str, subscription_id: int, generation: int) -> str:
    """The secret of a receiver: derived, so that it is stored nowhere; another key of the desk or
    another generation gives another secret."""
    told = f"webhook-secret:{subscription_id}:{generation}".encode()
    derived = hmac.new(key.encode(), told, hashlib.sha256).digest()
    return f"whsec_{base64.urlsafe_b64encode(derived).decode().rstrip('=')}"


def signature(*, secret: str, timestamp: int, body: bytes) -> str:
    """One `v1=<hex>` of the X-Signature header."""
    signed = str(timestamp).encode() + b"." + body
    return f"{_SCHEME}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"

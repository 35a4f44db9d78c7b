from django.db import models


class WrongSignIn(models.Model):
    """A wrong password for one account from one address; both only as a keyed hash."""

    private_fields: tuple[str, ...] = ()

    pair_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["pair_hash", "at"], name="wrong_sign_in_by_pair")]

"""Who a session belongs to, with what every page needs of them (question)."""

from django.contrib.auth.backends import ModelBackend

from organisation.models import Staff


class DeskBackend(ModelBackend):
    """Django's own check of staff number and password; a person comes with unit and deputy."""

    def get_user(self, user_id: int) -> Staff | None:
        """The active person, in one statement."""
        found = Staff.objects.for_session().filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None

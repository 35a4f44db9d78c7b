from django.apps import AppConfig


class ServicedeskConfig(AppConfig):
    name = "servicedesk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tasks belong to our Celery application in every process, not only in the worker."""
        from servicedesk import celery  # noqa: F401

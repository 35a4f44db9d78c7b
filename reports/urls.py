"""Site map of the reports."""

from django.urls import path

from reports.views import exporting, month, tickets

app_name = "reports"

urlpatterns = [
    path("month/", month.month, name="month"),
    path("tickets/", tickets.tickets, name="tickets"),
    # A file of the month
    path("export/", exporting.export, name="export"),
    path("export/<int:job_id>/", exporting.job, name="job"),
    path("export/<int:job_id>/file/", exporting.file, name="file"),
]

"""Site map of the reports."""

from django.urls import path

from reports.views import exporting, month, tickets, times, watch_rules, watching

app_name = "reports"

urlpatterns = [
    path("month/", month.month, name="month"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("times/", times.times, name="times"),
    path("times/rows/", times.rows, name="times-rows"),
    # Watch lists
    path("watch/", watching.overview, name="watch"),
    path("watch/rules/", watch_rules.rules, name="watch-rules"),
    path("watch/rules/words/<slug:use>/", watch_rules.add_word, name="watch-word-add"),
    path("watch/rules/words/<slug:use>/remove/", watch_rules.remove_word, name="watch-word-remove"),
    path("watch/rules/<slug:code>/<slug:name>/", watch_rules.threshold, name="watch-threshold"),
    path("watch/<slug:code>/", watching.one, name="watch-list"),
    path("watch/<slug:code>/count/", watching.count, name="watch-count"),
    path("watch/<slug:code>/export/", watching.export, name="watch-export"),
    # A file of the month
    path("export/", exporting.export, name="export"),
    path("export/<int:job_id>/", exporting.job, name="job"),
    path("export/<int:job_id>/file/", exporting.file, name="file"),
]

"""Site map of the customers."""

from django.urls import path

from customers.views import finding

app_name = "customers"

urlpatterns = [
    path("", finding.find, name="find"),
    path("<int:pk>/", finding.customer, name="customer"),
    path("<int:pk>/show/", finding.show, name="show"),
]

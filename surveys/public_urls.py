"""The one address of the surveys that customers open, without signing in."""

from django.urls import path

from surveys.views import link

app_name = "public_surveys"

urlpatterns = [path("<str:token>/", link.link, name="link")]

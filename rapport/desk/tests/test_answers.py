"""A refused act leaves nothing behind, however far it had come."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path

from rapport.desk.answers import answered, done
from rapport.desk.tests.seated import HTMX, ana, cast
from rapport.people.errors import NotAllowed
from rapport.people.models import Team

__all__ = ["ana", "cast"]


@answered
def half(request: HttpRequest) -> HttpResponse:
    Team.objects.create(name="Half")
    if "refuse" in request.POST:
        raise NotAllowed
    return done(request, "/")


urlpatterns = [path("half/", half), path("", include("rapport.config.urls"))]


@override_settings(ROOT_URLCONF=__name__)
def test_of_an_act_that_is_refused_half_way_nothing_stays(ana):
    answer = ana.post("/half/", {"refuse": "yes"}, **HTMX)
    assert (answer.status_code, answer["Cache-Control"]) == (403, "no-store")
    assert "role does not allow" in answer["HX-Trigger"]
    assert not Team.objects.filter(name="Half").exists()


@override_settings(ROOT_URLCONF=__name__)
def test_of_an_act_that_is_not_refused_everything_stays(ana):
    assert ana.post("/half/", **HTMX).status_code == 204
    assert Team.objects.filter(name="Half").exists()

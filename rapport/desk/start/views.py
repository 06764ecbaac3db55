"""The first run: company and first owner; steps.py goes on from there."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from rapport.desk.entering import opens_own_transactions
from rapport.desk.start.forms import StartForm
from rapport.people import first_run
from rapport.people.errors import AlreadySetUp, WrongCode


@opens_own_transactions
@login_not_required
@never_cache
@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Open only while nobody has an account."""
    if not first_run.is_open():
        return HttpResponseRedirect(reverse("account_login"))
    form = StartForm(request.POST or None, initial={"code": request.GET.get("code", "")})
    if request.method == "POST" and form.is_valid():
        answer = _begin(request, form)
        if answer is not None:
            return answer
    return render(request, "desk/start/page.html", {"form": form}, status=400 if form.is_bound else 200)


def _begin(request: HttpRequest, form: StartForm) -> HttpResponse | None:
    """The way on, or None with the reason noted in the form."""
    entered = form.cleaned_data
    try:
        owner = first_run.begin(
            entered["code"],
            company=entered["company"],
            name=entered["name"],
            email=entered["email"],
            password=entered["password"],
        )
    except AlreadySetUp:
        return HttpResponseRedirect(reverse("account_login"))
    except WrongCode as refusal:
        form.add_error("code", str(refusal))
        return None
    except ValidationError as weak:
        form.add_error("password", weak)
        return None
    answer: HttpResponse = perform_login(request, owner, redirect_url=reverse("start_go_on"))
    return answer

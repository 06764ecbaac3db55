"""The page behind an invitation or a reset link."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from rapport.desk.entering import end_session, opens_own_transactions
from rapport.desk.invitations.forms import InvitationForm, ResetForm
from rapport.people import inviting
from rapport.people.errors import InvitationSpent


@opens_own_transactions
@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Shows the form; using it signs in, past the second factor of an account that has one."""
    try:
        found = inviting.find(token)
        known = found.account is not None
        form = _form(request, known=known, name=found.name)
        if request.method == "POST" and form.is_valid():
            return _accept(request, token, form)
    except InvitationSpent as refusal:
        return render(request, "desk/invitations/spent.html", {"refusal": refusal}, status=refusal.status)
    status = 400 if form.is_bound else 200
    return render(request, "desk/invitations/page.html", {"form": form, "found": found, "known": known}, status=status)


def _form(request: HttpRequest, *, known: bool, name: str) -> ResetForm:
    data = request.POST if request.method == "POST" else None
    return ResetForm(data) if known else InvitationForm(data, initial={"name": name})


def _accept(request: HttpRequest, token: str, form: ResetForm) -> HttpResponseBase:
    try:
        account = inviting.accept(token, name=form.cleaned_data.get("name", ""), password=form.cleaned_data["password"])
    except ValidationError as weak:
        form.add_error("password", weak)
        found = inviting.find(token)
        context = {"form": form, "found": found, "known": found.account is not None}
        return render(request, "desk/invitations/page.html", context, status=400)
    # Whoever was signed in in this browser is not the person who was invited.
    end_session(request)
    answer: HttpResponse = perform_login(request, account, redirect_url="/")
    return answer

"""The policy of pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from rapport.ui.csp import HEADER, ContentSecurityPolicyMiddleware


def answered(response=None):
    return ContentSecurityPolicyMiddleware(lambda request: response or HttpResponse())(HttpRequest())


def test_nothing_inline_and_nothing_evaluated_is_allowed():
    policy = answered()[HEADER]
    assert "unsafe" not in policy
    assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy.split("; "))


def test_each_answer_has_its_own_nonce():
    assert answered()[HEADER] != answered()[HEADER]


def test_a_view_with_a_policy_of_its_own_keeps_it():
    own = HttpResponse(headers={HEADER: "default-src 'none'"})
    assert answered(own)[HEADER] == "default-src 'none'"

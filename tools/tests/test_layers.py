"""Foreign keys point downward: string keys escape the import linter."""

from __future__ import annotations

import tomllib

from django.apps import apps

from tools.project import CHECKOUT


def lines_of_layers():
    """Each app with the number of its line, counted from the top."""
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["id"] == "layers"]
    return {app.strip(): number for number, line in enumerate(layers) for app in line.split("|")}


def test_no_foreign_key_points_to_an_app_above_or_beside():
    line = lines_of_layers()
    ours = [model for model in apps.get_models() if model.__module__.startswith("rapport.")]
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in ours
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model in ours
        if field.related_model._meta.app_label != model._meta.app_label
        if line[field.related_model._meta.app_label] <= line[model._meta.app_label]
    ]
    assert ours
    assert wrong == []

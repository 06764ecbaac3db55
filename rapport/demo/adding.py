"""What the demo company added to its conversations: fields, a status, a checklist, colours of tags."""

from __future__ import annotations

from typing import Any

from rapport.conversations import filling, settling, shaping, sorting, ticking
from rapport.conversations.models import ChecklistTemplate, Conversation, CustomField, OwnStatus, Tag
from rapport.conversations.sorting import Named
from rapport.people.models import Account


def add(company: dict[str, Any], *, by: Account) -> None:
    """Define what the company's data names."""
    for row in company["fields"]:
        options = [("", name) for name in row.get("options", [])]
        described = shaping.Described(row["name"], kind=row["kind"], options=options, help=row.get("help", ""))
        shaping.define(described, by=by)
    for row in company["statuses"]:
        shaping.create_status(row["name"], kind=row["kind"], by=by)
    for row in company["checklists"]:
        shaping.create_checklist(row["name"], items=row["items"], by=by)


def colour_tags(company: dict[str, Any], *, by: Account) -> None:
    """Once they are in use."""
    for tag in Tag.objects.filter(name__in=company["colours"]):
        sorting.change(tag, Named(tag.name, company["colours"][tag.name]), by=by)


def use(story: dict[str, Any], conversation: Conversation, *, by: Account) -> None:
    """What a story has filled in, ticked and come to."""
    for name, written in story.get("fields", {}).items():
        filling.fill(conversation, CustomField.objects.get(name=name), written=[written], by=by)
    if "checklist" in story:
        name, ticked = story["checklist"]
        added = ticking.add(conversation, ChecklistTemplate.objects.get(name=name), by=by)
        for item in range(ticked):
            ticking.tick(conversation, number=added.number, item=item, done=True, by=by)
    if "own_status" in story:
        status = OwnStatus.objects.get(name=story["own_status"])
        settling.put(conversation, status=f"own:{status.pk}", by=by)

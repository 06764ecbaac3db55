"""Addresses of the settings."""

from django.urls import path

from rapport.desk.settings import views
from rapport.desk.settings.appearance import views as looks
from rapport.desk.settings.attributes import views as attributes
from rapport.desk.settings.audit import views as audit
from rapport.desk.settings.blocklist import views as blocklist
from rapport.desk.settings.cards import views as cards
from rapport.desk.settings.checklists import views as checklists
from rapport.desk.settings.company import views as company
from rapport.desk.settings.fields import views as fields
from rapport.desk.settings.hours import views as hours
from rapport.desk.settings.imports import views as imports
from rapport.desk.settings.inboxes import consent_views as consent
from rapport.desk.settings.inboxes import views as inboxes
from rapport.desk.settings.macros import views as macros
from rapport.desk.settings.people import views as people
from rapport.desk.settings.roles import views as roles
from rapport.desk.settings.saved_views import views as saved
from rapport.desk.settings.shown import views as shown
from rapport.desk.settings.statuses import views as statuses
from rapport.desk.settings.tags import views as tags
from rapport.desk.settings.teams import views as teams
from rapport.desk.settings.time import views as time

urlpatterns = [
    path("", views.settings, name="settings"),
    path("people/", people.people, name="settings_people"),
    path("people/invitations/", people.invitations, name="settings_invitations"),
    path("people/invitations/<int:pk>/withdrawal/", people.withdrawal, name="settings_invitation_withdrawal"),
    path("people/<int:pk>/", people.person, name="settings_person"),
    path("people/<int:pk>/ending/", people.ending, name="settings_person_ending"),
    path("people/<int:pk>/restoration/", people.restoration, name="settings_person_restoration"),
    path("people/<int:pk>/reset/", people.reset, name="settings_person_reset"),
    path("teams/", teams.teams, name="settings_teams"),
    path("teams/<int:pk>/", teams.team, name="settings_team"),
    path("teams/<int:pk>/ending/", teams.ending, name="settings_team_ending"),
    path("roles/", roles.all_roles, name="settings_roles"),
    path("roles/<int:pk>/", roles.role, name="settings_role"),
    path("roles/<int:pk>/archive/", roles.archive, name="settings_role_archive"),
    path("roles/<int:pk>/restoration/", roles.restoration, name="settings_role_restoration"),
    path("inboxes/", inboxes.inboxes, name="settings_inboxes"),
    path("inboxes/practice/", inboxes.practice, name="settings_practice"),
    path("inboxes/practice/removal/", inboxes.practice_removal, name="settings_practice_removal"),
    path("inboxes/new/", inboxes.new, name="settings_inbox_new"),
    path("inboxes/<int:pk>/", inboxes.inbox, name="settings_inbox"),
    path("inboxes/<int:pk>/examinations/", inboxes.examinations, name="settings_inbox_examinations"),
    path("inboxes/<int:pk>/examinations/<str:run>/", inboxes.examination, name="settings_inbox_examination"),
    path("inboxes/<int:pk>/trusted-server/", inboxes.trusted_server, name="settings_inbox_trusted_server"),
    path("inboxes/<int:pk>/consent/", consent.consent, name="settings_inbox_consent"),
    path("inboxes/consent/answer/", consent.answer, name="settings_inbox_consent_answer"),
    path("macros/", macros.macros, name="settings_macros"),
    path("macros/<int:pk>/", macros.macro, name="settings_macro"),
    path("macros/<int:pk>/archive/", macros.archive, name="settings_macro_archive"),
    path("macros/<int:pk>/restoration/", macros.restoration, name="settings_macro_restoration"),
    path("attributes/", attributes.attributes, name="settings_attributes"),
    path("attributes/region/", attributes.region, name="settings_attributes_region"),
    path("attributes/<int:pk>/", attributes.attribute, name="settings_attribute"),
    path("attributes/<int:pk>/place/", attributes.place, name="settings_attribute_place"),
    path("attributes/<int:pk>/archive/", attributes.archive, name="settings_attribute_archive"),
    path("blocklist/", blocklist.blocklist, name="settings_blocklist"),
    path("blocklist/<int:pk>/removal/", blocklist.removal, name="settings_blocklist_removal"),
    path("views/", saved.views, name="settings_views"),
    path("views/arrangement/", saved.arrangement, name="settings_views_arrangement"),
    path("views/new/", saved.new, name="settings_view_new"),
    path("views/preview/", saved.preview, name="settings_views_preview"),
    path("views/<int:pk>/", saved.view, name="settings_view"),
    path("views/<int:pk>/archive/", saved.archive, name="settings_view_archive"),
    path("views/<int:pk>/restoration/", saved.restoration, name="settings_view_restoration"),
    path("imports/", imports.imports, name="settings_imports"),
    path("imports/<int:pk>/", imports.one_import, name="settings_import"),
    path("imports/<int:pk>/progress/", imports.progress, name="settings_import_progress"),
    path("imports/<int:pk>/start/", imports.start, name="settings_import_start"),
    path("imports/<int:pk>/stop/", imports.stop, name="settings_import_stop"),
    path("imports/<int:pk>/report/", imports.report, name="settings_import_report"),
    path("fields/", fields.fields, name="settings_fields"),
    path("fields/<int:pk>/", fields.field, name="settings_field"),
    path("fields/<int:pk>/archive/", fields.archive, name="settings_field_archive"),
    path("fields/<int:pk>/restoration/", fields.restoration, name="settings_field_restoration"),
    path("fields/<int:pk>/position/", fields.position, name="settings_field_position"),
    path("statuses/", statuses.statuses, name="settings_statuses"),
    path("statuses/moves/", statuses.moves, name="settings_status_moves"),
    path("statuses/<int:pk>/", statuses.status, name="settings_status"),
    path("statuses/<int:pk>/archive/", statuses.archive, name="settings_status_archive"),
    path("statuses/<int:pk>/restoration/", statuses.restoration, name="settings_status_restoration"),
    path("statuses/<int:pk>/position/", statuses.position, name="settings_status_position"),
    path("tags/", tags.tags, name="settings_tags"),
    path("tags/<int:pk>/", tags.tag, name="settings_tag"),
    path("tags/<int:pk>/archive/", tags.archive, name="settings_tag_archive"),
    path("tags/<int:pk>/restoration/", tags.restoration, name="settings_tag_restoration"),
    path("tags/<int:pk>/merge/", tags.merge, name="settings_tag_merge"),
    path("tags/<int:pk>/merge/undo/", tags.undo_merge, name="settings_tag_merge_undo"),
    path("checklists/", checklists.checklists, name="settings_checklists"),
    path("checklists/<int:pk>/", checklists.checklist, name="settings_checklist"),
    path("checklists/<int:pk>/archive/", checklists.archive, name="settings_checklist_archive"),
    path("checklists/<int:pk>/restoration/", checklists.restoration, name="settings_checklist_restoration"),
    path("time/", time.time, name="settings_time"),
    path("cards/", cards.cards, name="settings_cards"),
    path("cards/<int:pk>/", cards.card, name="settings_card"),
    path("cards/<int:pk>/removal/", cards.removal, name="settings_card_removal"),
    path("cards/<int:pk>/trial/", cards.trial, name="settings_card_trial"),
    path("company/", company.company, name="settings_company"),
    path("appearance/", looks.appearance, name="settings_appearance"),
    path("appearance/preview/", looks.preview, name="settings_appearance_preview"),
    path("appearance/shades/", looks.shades, name="settings_appearance_shades"),
    path("hours/", hours.hours, name="settings_hours"),
    path("shown/", shown.shown, name="settings_shown"),
    path("audit/", audit.audit, name="settings_audit"),
    path("audit/export/", audit.export, name="settings_audit_export"),
]

"""Addresses of customers."""

from django.urls import path

from rapport.desk.customers import cards, contacts, marks, merges, profile, views

urlpatterns = [
    path("", views.customers, name="customers"),
    path("<int:pk>/", views.customer, name="customer"),
    path("<int:pk>/profile/", profile.profile, name="customer_profile"),
    path("<int:pk>/addresses/", contacts.addresses),
    path("<int:pk>/addresses/<int:row>/first/", contacts.first_address),
    path("<int:pk>/addresses/<int:row>/removal/", contacts.address_removal),
    path("<int:pk>/phones/", contacts.phones),
    path("<int:pk>/phones/<int:row>/first/", contacts.first_phone),
    path("<int:pk>/phones/<int:row>/removal/", contacts.phone_removal),
    path("<int:pk>/notes/", marks.notes),
    path("<int:pk>/notes/<int:row>/removal/", marks.note_removal),
    path("<int:pk>/vip/", marks.vip),
    path("<int:pk>/block/", marks.block),
    path("<int:pk>/cards/<int:card>/", cards.card, name="customer_card"),
    path("<int:pk>/merge/", merges.merge, name="customer_merge"),
    path("<int:pk>/merge/undo/", merges.undo_merge),
]

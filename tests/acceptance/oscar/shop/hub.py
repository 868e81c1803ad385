"""What a shop of django-oscar lacks to be kept in step: signed notices, what changed since, and a status to be set."""

import hmac
import json
from contextlib import suppress
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce, Greatest
from django.urls import include, path
from django.utils.dateparse import parse_datetime
from oscar.apps.order.exceptions import InvalidOrderStatus
from oscar.apps.order.models import Order
from oscar.apps.order.signals import order_placed, order_status_changed
from rest_framework.decorators import api_view, permission_classes
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response


def tell(sender, order, **_more):
    """Post a signed notice about an order once it is saved; one that does not arrive is found by the hub's sweep."""
    body = json.dumps({"id": order.pk}).encode()
    signature = hmac.new(settings.HUB_SECRET.encode(), body, "sha256").hexdigest()
    notice = Request(settings.HUB_ADDRESS, body, {"X-Oscar-Signature": signature, "Content-Type": "application/json"})

    def post():
        with suppress(OSError):
            urlopen(notice, timeout=5).close()

    if settings.HUB_ADDRESS:
        transaction.on_commit(post)


order_placed.connect(tell)
order_status_changed.connect(tell)


@api_view()
@permission_classes([IsAdminUser])
def changed(request):
    """Return ids and moments of the orders placed or given a status at or after `since`, or those of `ids`."""
    last = Greatest("date_placed", Coalesce(Max("status_changes__date_created"), "date_placed"))
    orders = Order.objects.annotate(last=last).order_by("last")
    if since := request.query_params.get("since"):
        orders = orders.filter(last__gte=parse_datetime(since))
    if ids := request.query_params.get("ids"):
        orders = orders.filter(pk__in=ids.split(","))
    return Response([{"id": order.pk, "changed": order.last} for order in orders])


@api_view(["POST"])
@permission_classes([IsAdminUser])
def status(request, pk):
    """Set an order's status; 409 where Oscar's pipeline does not lead there."""
    order = get_object_or_404(Order, pk=pk)
    try:
        order.set_status(request.data["status"])
    except InvalidOrderStatus as refused:
        return Response({"code": "InvalidOrderStatus", "message": str(refused)}, status=409)
    return Response({"id": order.pk})


@api_view()
@permission_classes([IsAdminUser])
def pipeline(request):
    """Return the statuses there are, with those each leads to."""
    return Response(Order.pipeline)


urlpatterns = [
    path("api/", include("oscarapi.urls")),
    path("hub/orders/", changed),
    path("hub/orders/<int:pk>/status/", status),
    path("hub/pipeline/", pipeline),
]

"""Designate's table of routes."""

from trove_lab.cloud.dns import pools, quotas, recordsets, versions, zones
from trove_lab.cloud.http import Route

_RECORDSETS = "/zones/<zone_id>/recordsets"

DOCUMENTS = (
    Route("GET", "/", versions.index, anonymous=True),
    Route("GET", "/v2", versions.show),
)

ROUTES = (
    Route("GET", "/zones", zones.index),
    Route("POST", "/zones", zones.create),
    Route("GET", "/zones/<zone_id>", zones.show),
    Route("PATCH", "/zones/<zone_id>", zones.update),
    Route("DELETE", "/zones/<zone_id>", zones.delete),
    Route("GET", "/zones/<zone_id>/nameservers", zones.index_nameservers),
    Route("GET", _RECORDSETS, recordsets.index),
    Route("POST", _RECORDSETS, recordsets.create),
    Route("GET", f"{_RECORDSETS}/<recordset_id>", recordsets.show),
    Route("PUT", f"{_RECORDSETS}/<recordset_id>", recordsets.update),
    Route("DELETE", f"{_RECORDSETS}/<recordset_id>", recordsets.delete),
    Route("GET", "/recordsets", recordsets.index),
    Route("GET", "/recordsets/<recordset_id>", recordsets.locate),
    Route("GET", "/quotas", quotas.show),
    Route("GET", "/quotas/<project_id>", quotas.show),
    Route("PATCH", "/quotas/<project_id>", quotas.update, admin="set_quota"),
    Route("DELETE", "/quotas/<project_id>", quotas.delete, admin="reset_quotas"),
    Route("GET", "/limits", quotas.show_limits),
    Route("GET", "/pools", pools.index, admin="find_pools"),
    Route("GET", "/pools/<pool_id>", pools.show, admin="get_pool"),
)

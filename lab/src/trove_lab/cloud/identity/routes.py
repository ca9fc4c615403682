"""Keystone's table of routes."""

from functools import partial

from trove_lab.cloud.http import Route
from trove_lab.cloud.identity import catalog, domains, grants, projects, roles, tokens, trusts, users, versions

DOCUMENTS = (
    Route("GET", "/", versions.index, anonymous=True),
    Route("GET", "/v3", versions.show, anonymous=True),
)

# Keystone requires a role but no project: the administrator of a domain has a token without a project.
_route = partial(Route, unscoped=True)

_PROJECT_GRANT = "/projects/<project_id>/users/<user_id>/roles"
_DOMAIN_GRANT = "/domains/<domain_id>/users/<user_id>/roles"
_TRUST = "/OS-TRUST/trusts/<trust_id>"


ROUTES = (
    _route("POST", "/auth/tokens", tokens.create, anonymous=True),
    _route("GET", "/auth/tokens", tokens.show),
    _route("HEAD", "/auth/tokens", tokens.check),
    _route("DELETE", "/auth/tokens", tokens.revoke),
    _route("GET", "/auth/catalog", catalog.show),
    _route("GET", "/auth/projects", projects.index_own),
    _route("GET", "/auth/domains", domains.index_own),
    _route("GET", "/domains", domains.index, admin="identity:list_domains"),
    _route("POST", "/domains", domains.create, schema=domains.SCHEMA, admin="identity:create_domain"),
    _route("GET", "/domains/<domain_id>", domains.show),
    _route("PATCH", "/domains/<domain_id>", domains.update, schema=domains.SCHEMA, admin="identity:update_domain"),
    _route("DELETE", "/domains/<domain_id>", domains.delete, admin="identity:delete_domain"),
    _route("GET", "/projects", projects.index, admin="identity:list_projects"),
    _route("POST", "/projects", projects.create, schema=projects.SCHEMA, admin="identity:create_project"),
    _route("GET", "/projects/<project_id>", projects.show),
    _route("PATCH", "/projects/<project_id>", projects.update, schema=projects.SCHEMA, admin="identity:update_project"),
    _route("DELETE", "/projects/<project_id>", projects.delete, admin="identity:delete_project"),
    _route("GET", _PROJECT_GRANT, grants.index, admin="identity:list_grants"),
    _route("PUT", f"{_PROJECT_GRANT}/<role_id>", grants.grant, admin="identity:create_grant"),
    _route("HEAD", f"{_PROJECT_GRANT}/<role_id>", grants.check, admin="identity:check_grant"),
    _route("DELETE", f"{_PROJECT_GRANT}/<role_id>", grants.revoke, admin="identity:revoke_grant"),
    _route("GET", _DOMAIN_GRANT, grants.index, admin="identity:list_grants"),
    _route("PUT", f"{_DOMAIN_GRANT}/<role_id>", grants.grant, admin="identity:create_grant"),
    _route("HEAD", f"{_DOMAIN_GRANT}/<role_id>", grants.check, admin="identity:check_grant"),
    _route("DELETE", f"{_DOMAIN_GRANT}/<role_id>", grants.revoke, admin="identity:revoke_grant"),
    _route("GET", "/users", users.index, admin="identity:list_users"),
    _route("POST", "/users", users.create, schema=users.SCHEMA, admin="identity:create_user"),
    _route("GET", "/users/<user_id>", users.show),
    _route("PATCH", "/users/<user_id>", users.update, schema=users.SCHEMA, admin="identity:update_user"),
    _route("DELETE", "/users/<user_id>", users.delete, admin="identity:delete_user"),
    _route("GET", "/users/<user_id>/projects", projects.index_of_user),
    _route("GET", "/users/<user_id>/groups", users.index_groups),
    _route("GET", "/roles", roles.index, admin="identity:list_roles"),
    _route("POST", "/roles", roles.create, schema=roles.SCHEMA, admin="identity:create_role"),
    _route("GET", "/roles/<role_id>", roles.show, admin="identity:get_role"),
    _route("DELETE", "/roles/<role_id>", roles.delete, admin="identity:delete_role"),
    _route("GET", "/role_assignments", grants.index_all, admin="identity:list_role_assignments"),
    _route("GET", "/OS-TRUST/trusts", trusts.index),
    _route("POST", "/OS-TRUST/trusts", trusts.create, schema=trusts.SCHEMA),
    _route("GET", _TRUST, trusts.show),
    _route("DELETE", _TRUST, trusts.delete),
    _route("GET", f"{_TRUST}/roles", trusts.index_roles),
    _route("GET", f"{_TRUST}/roles/<role_id>", trusts.show_role),
    _route("GET", "/regions", catalog.list_regions),
    _route("GET", "/regions/<region_id>", catalog.show_region),
    _route("GET", "/services", catalog.list_services, admin="identity:list_services"),
    _route("POST", "/services", catalog.create_service, schema=catalog.SERVICE_SCHEMA, admin="identity:create_service"),
    _route("GET", "/services/<service_id>", catalog.show_service, admin="identity:get_service"),
    _route("DELETE", "/services/<service_id>", catalog.delete_service, admin="identity:delete_service"),
    _route("GET", "/endpoints", catalog.list_endpoints, admin="identity:list_endpoints"),
    _route(
        "POST", "/endpoints", catalog.create_endpoint, schema=catalog.ENDPOINT_SCHEMA, admin="identity:create_endpoint"
    ),
    _route("GET", "/endpoints/<endpoint_id>", catalog.show_endpoint, admin="identity:get_endpoint"),
    _route("DELETE", "/endpoints/<endpoint_id>", catalog.delete_endpoint, admin="identity:delete_endpoint"),
)

"""Keystone's table of routes."""

from trove_lab.cloud.http import Route
from trove_lab.cloud.identity import catalog, domains, projects, roles, tokens, users, versions

DOCUMENTS = (
    Route("GET", "/", versions.index, anonymous=True),
    Route("GET", "/v3", versions.show, anonymous=True),
)

_GRANT = "/projects/<project_id>/users/<user_id>/roles"

ROUTES = (
    Route("POST", "/auth/tokens", tokens.create, anonymous=True),
    Route("GET", "/auth/tokens", tokens.show, unscoped=True),
    Route("HEAD", "/auth/tokens", tokens.check, unscoped=True),
    Route("DELETE", "/auth/tokens", tokens.revoke, unscoped=True),
    Route("GET", "/auth/catalog", catalog.show),
    Route("GET", "/auth/projects", projects.index_own, unscoped=True),
    Route("GET", "/domains", domains.index, admin="identity:list_domains"),
    Route("POST", "/domains", domains.create, schema=domains.SCHEMA, admin="identity:create_domain"),
    Route("GET", "/domains/<domain_id>", domains.show),
    Route("PATCH", "/domains/<domain_id>", domains.update, schema=domains.SCHEMA, admin="identity:update_domain"),
    Route("DELETE", "/domains/<domain_id>", domains.delete, admin="identity:delete_domain"),
    Route("GET", "/projects", projects.index, admin="identity:list_projects"),
    Route("POST", "/projects", projects.create, schema=projects.SCHEMA, admin="identity:create_project"),
    Route("GET", "/projects/<project_id>", projects.show),
    Route("PATCH", "/projects/<project_id>", projects.update, schema=projects.SCHEMA, admin="identity:update_project"),
    Route("DELETE", "/projects/<project_id>", projects.delete, admin="identity:delete_project"),
    Route("GET", _GRANT, roles.index_of_user, admin="identity:list_grants"),
    Route("PUT", f"{_GRANT}/<role_id>", projects.grant, admin="identity:create_grant"),
    Route("HEAD", f"{_GRANT}/<role_id>", projects.check_grant, admin="identity:check_grant"),
    Route("DELETE", f"{_GRANT}/<role_id>", projects.revoke, admin="identity:revoke_grant"),
    Route("GET", "/users", users.index, admin="identity:list_users"),
    Route("POST", "/users", users.create, schema=users.SCHEMA, admin="identity:create_user"),
    Route("GET", "/users/<user_id>", users.show, unscoped=True),
    Route("PATCH", "/users/<user_id>", users.update, schema=users.SCHEMA, admin="identity:update_user"),
    Route("DELETE", "/users/<user_id>", users.delete, admin="identity:delete_user"),
    Route("GET", "/users/<user_id>/projects", projects.index_of_user, unscoped=True),
    Route("GET", "/users/<user_id>/groups", users.index_groups, unscoped=True),
    Route("GET", "/roles", roles.index, admin="identity:list_roles"),
    Route("POST", "/roles", roles.create, schema=roles.SCHEMA, admin="identity:create_role"),
    Route("GET", "/roles/<role_id>", roles.show, admin="identity:get_role"),
    Route("DELETE", "/roles/<role_id>", roles.delete, admin="identity:delete_role"),
    Route("GET", "/role_assignments", roles.index_assignments, admin="identity:list_role_assignments"),
    Route("GET", "/regions", catalog.list_regions, unscoped=True),
    Route("GET", "/regions/<region_id>", catalog.show_region, unscoped=True),
    Route("GET", "/services", catalog.list_services, admin="identity:list_services"),
    Route("POST", "/services", catalog.create_service, schema=catalog.SERVICE_SCHEMA, admin="identity:create_service"),
    Route("GET", "/services/<service_id>", catalog.show_service, admin="identity:get_service"),
    Route("DELETE", "/services/<service_id>", catalog.delete_service, admin="identity:delete_service"),
    Route("GET", "/endpoints", catalog.list_endpoints, admin="identity:list_endpoints"),
    Route(
        "POST", "/endpoints", catalog.create_endpoint, schema=catalog.ENDPOINT_SCHEMA, admin="identity:create_endpoint"
    ),
    Route("GET", "/endpoints/<endpoint_id>", catalog.show_endpoint, admin="identity:get_endpoint"),
    Route("DELETE", "/endpoints/<endpoint_id>", catalog.delete_endpoint, admin="identity:delete_endpoint"),
)

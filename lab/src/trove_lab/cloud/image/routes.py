"""Glance's table of routes."""

from trove_lab.cloud.http import Route
from trove_lab.cloud.image import image_data, images, members, schemas, tags, versions

_IMAGE = "/images/<image_id>"
_MEMBER = f"{_IMAGE}/members/<member_id>"

DOCUMENTS = (
    Route("GET", "/", versions.index, anonymous=True),
    Route("GET", "/versions", versions.show, anonymous=True),
    Route("GET", "/healthcheck", versions.check_health, anonymous=True),
    Route("GET", "/v2", versions.show_root),
    # For any other path, Glance lists its versions.
    Route("GET", "/<path:_unknown>", versions.index, anonymous=True),
)

ROUTES = (
    Route("GET", "/images", images.index),
    Route("POST", "/images", images.create),
    Route("GET", _IMAGE, images.show),
    Route("PATCH", _IMAGE, images.update),
    Route("DELETE", _IMAGE, images.delete),
    Route("PUT", f"{_IMAGE}/file", image_data.upload),
    Route("GET", f"{_IMAGE}/file", image_data.download),
    Route("POST", f"{_IMAGE}/actions/deactivate", image_data.deactivate),
    Route("POST", f"{_IMAGE}/actions/reactivate", image_data.reactivate),
    Route("PUT", f"{_IMAGE}/tags/<tag>", tags.add),
    Route("DELETE", f"{_IMAGE}/tags/<tag>", tags.delete),
    Route("GET", f"{_IMAGE}/members", members.index),
    Route("POST", f"{_IMAGE}/members", members.create),
    Route("GET", _MEMBER, members.show),
    Route("PUT", _MEMBER, members.update),
    Route("DELETE", _MEMBER, members.delete),
    Route("GET", "/schemas/image", schemas.show_image),
    Route("GET", "/schemas/images", schemas.show_images),
    Route("GET", "/schemas/member", schemas.show_member),
    Route("GET", "/schemas/members", schemas.show_members),
    Route("GET", "/info/import", versions.show_import),
    Route("GET", "/info/stores", versions.show_stores),
    Route("GET", "/info/usage", versions.show_usage),
)

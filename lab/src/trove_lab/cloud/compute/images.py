"""The images of servers."""

from trove_lab.cloud.compute import errors
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Flavor
from trove_lab.cloud.image import internal_api
from trove_lab.cloud.image.state import Image

_GIBIBYTE = 1024**3


def find(request: Request, image_id: str) -> Image | None:
    """Return an image that the caller may use, or None."""
    return internal_api.find(request.cloud, request.project_id, image_id, is_admin=request.caller.is_admin)


def check_fits(image: Image, flavor: Flavor) -> None:
    """Reject an image that a server with the flavor cannot run. Raise ApiError 400."""
    if image.status != "active":
        raise errors.bad_request(f"Image {image.id} is not active.")
    if image.min_ram > flavor.ram:
        raise errors.bad_request("Flavor's memory is too small for requested image.")
    disk = flavor.disk * _GIBIBYTE
    if disk and (image.size or 0) > disk:
        raise errors.bad_request(
            f"Flavor's disk is too small for requested image. Flavor disk is {disk} bytes, image is {image.size} bytes."
        )
    if disk and image.min_disk > flavor.disk:
        raise errors.bad_request(
            "Flavor's disk is smaller than the minimum size specified in image metadata."
            f" Flavor disk is {disk} bytes, minimum size is {image.min_disk * _GIBIBYTE} bytes."
        )


def properties(image: Image | None) -> dict[str, str]:
    """Return the image's custom properties, as a server's view shows them."""
    return {key: str(value) for key, value in image.properties.items()} if image else {}

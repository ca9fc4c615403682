"""What Nova has not come to tell Cinder."""

from typing import Any

COMPLETE = "3.44"
"""The first microversion in which an attachment can be completed."""


def complete_attachments(cinder: Any, server_id: str) -> None:
    """Say that a server has the volumes it was being given, with heat's client of Cinder.

    Raises cinderclient's ClientException.
    """
    for attachment in cinder.attachments.list(search_opts={"instance_id": server_id}):
        if attachment.status == "attaching":
            cinder.attachments.complete(attachment.id)

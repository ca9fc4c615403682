"""Volume attachments that Nova left incomplete in Cinder."""

from typing import Any


def complete_attachments(cinder: Any, server_id: str) -> None:
    """Complete the server's attachments that are still ``attaching``, with Heat's Cinder client.

    This needs microversion 3.44. Raises cinderclient's ClientException.
    """
    for attachment in cinder.attachments.list(search_opts={"instance_id": server_id}):
        if attachment.status == "attaching":
            cinder.attachments.complete(attachment.id)

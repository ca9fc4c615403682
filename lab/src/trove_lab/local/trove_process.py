"""Trove's services as a child process."""

from trove_lab.local.service_process import ServiceProcess
from trove_lab.local.trove_conf import Site

NAME = "Trove (trove-api, trove-conductor, trove-taskmanager and the guests)"


class TroveProcess(ServiceProcess):
    """The process of ``trove_services``."""

    def __init__(self, site: Site, *, cloud_url: str, image_id: str, columns: bool) -> None:
        arguments = ["--config-file", str(site.config_file), "--config-directory", str(site.config_directory)]
        arguments += ["--cloud-url", cloud_url, "--image-id", image_id]
        arguments += [] if columns else ["--without-columns"]
        super().__init__("trove_lab.local.trove_services", arguments, name=NAME, log=site.log)

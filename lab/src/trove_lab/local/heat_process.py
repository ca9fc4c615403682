"""Heat's services as a child process."""

from trove_lab.local.heat_conf import HeatSite
from trove_lab.local.service_process import ServiceProcess

NAME = "Heat (heat-api and heat-engine)"


class HeatProcess(ServiceProcess):
    """The process of ``heat_services``."""

    def __init__(self, site: HeatSite, *, hurry: bool) -> None:
        arguments = ["--config-file", str(site.config_file), "--config-directory", str(site.config_directory)]
        arguments += ["--port", str(site.api_port)]
        arguments += ["--hurry"] if hurry else []
        super().__init__("trove_lab.local.heat_services", arguments, name=NAME, log=site.log)

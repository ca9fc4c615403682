"""Nova's driver: servers have a state, and nothing runs.

It is Nova's own fake driver, and beside that it remembers its servers over a restart, fails where the file of faults
wants it, and tells in the journal what happens to servers. What a server's guest would notice is told when it has
happened; an operation that failed is not told, and leaves the server as it was.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nova.conf
from nova import exception
from nova.compute import power_state, task_states
from nova.virt import driver as nova_driver
from nova.virt import fake
from nova.volume import cinder

from realcloud_drivers import faults, journal
from realcloud_drivers.servers import ServersFile, Volumes

CONF = nova.conf.CONF
GIGABYTE = 1024**3

DESTROYED = {task_states.REBUILDING: "server.rebuilding", task_states.RESIZE_REVERTING: "server.reverting"}
"""What it means for the guest that Nova destroys the server, by the task Nova is at; else it is deleted."""


class Driver(fake.FakeDriverWithoutFakeNodes):
    """A host without a hypervisor."""

    def init_host(self, host: str) -> None:
        """Take the servers up again that were here before."""
        super().init_host(host)
        self._volumes = Volumes()
        self._file = ServersFile(Path(CONF.state_path, "servers.json"))
        for server_id, known in self._file.read():
            self.instances[server_id] = fake.FakeInstance(known["name"], known["state"], server_id)
            self._volumes.replace(server_id, known["volumes"])

    # What gives a server power

    def spawn(
        self,
        context: Any,
        instance: Any,
        image_meta: Any,
        injected_files: Any,
        admin_password: Any,
        allocations: Any,
        network_info: Any = None,
        block_device_info: Any = None,
        power_on: bool = True,
        accel_info: Any = None,
    ) -> None:
        """Run a new server, or one that is rebuilt: with the same id, and another root disk."""
        rebuilt = instance.task_state == task_states.REBUILD_SPAWNING
        with self._change("spawn", instance, "server.rebuilt" if rebuilt else "server.active", block_device_info):
            super().spawn(
                context,
                instance,
                image_meta,
                injected_files,
                admin_password,
                allocations,
                network_info=network_info,
                block_device_info=block_device_info,
                power_on=power_on,
                accel_info=accel_info,
            )

    def finish_migration(
        self,
        context: Any,
        migration: Any,
        instance: Any,
        disk_info: Any,
        network_info: Any,
        image_meta: Any,
        resize_instance: Any,
        allocations: Any,
        block_device_info: Any = None,
        power_on: bool = True,
        share_info: Any = None,
    ) -> None:
        """Run a server here that came from another host."""
        del migration, disk_info, network_info, resize_instance, share_info
        with self._change("finish_migration", instance, _powered(power_on, "server.resized"), block_device_info):
            super().spawn(
                context,
                instance,
                image_meta,
                None,
                None,
                allocations,
                block_device_info=block_device_info,
                power_on=power_on,
            )

    def finish_revert_migration(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        migration: Any,
        block_device_info: Any = None,
        power_on: bool = True,
        share_info: Any = None,
    ) -> None:
        """Run a server here again that had gone to another host."""
        with self._change(
            "finish_revert_migration", instance, _powered(power_on, "server.reverted"), block_device_info
        ):
            super().finish_revert_migration(
                context, instance, network_info, migration, block_device_info, power_on, share_info
            )

    def power_on(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        block_device_info: Any = None,
        accel_info: Any = None,
        share_info: Any = None,
    ) -> None:
        """Start a server."""
        with self._change("power_on", instance, "server.started", block_device_info):
            super().power_on(context, instance, network_info, block_device_info, accel_info, share_info)

    def reboot(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        reboot_type: str,
        block_device_info: Any = None,
        bad_volumes_callback: Any = None,
        accel_info: Any = None,
        share_info: Any = None,
    ) -> None:
        """Start a server anew. A hard reboot also brings one back that was lost on its way between hosts."""
        del network_info, bad_volumes_callback, accel_info, share_info
        hard = reboot_type.lower() == "hard"
        # A soft reboot restarts no process of a hypervisor's, so the devices stay as they are.
        with self._change("reboot", instance, "server.rebooted", block_device_info if hard else None):
            if instance.uuid in self.instances:
                self.instances[instance.uuid].state = power_state.RUNNING
            else:
                super().spawn(
                    context, instance, instance.image_meta, None, None, None, block_device_info=block_device_info
                )

    # What takes it

    def power_off(self, instance: Any, timeout: int = 0, retry_interval: int = 0) -> None:
        """Stop a server."""
        with self._change("power_off", instance, "server.stopped"):
            super().power_off(instance, timeout, retry_interval)

    def migrate_disk_and_power_off(
        self,
        context: Any,
        instance: Any,
        dest: Any,
        flavor: Any,
        network_info: Any,
        block_device_info: Any = None,
        timeout: int = 0,
        retry_interval: int = 0,
    ) -> None:
        """Stop a server that goes to another host."""
        del context, dest, flavor, network_info, block_device_info, timeout, retry_interval
        with self._change("migrate_disk_and_power_off", instance, "server.resizing"):
            if instance.uuid in self.instances:
                self.instances[instance.uuid].state = power_state.SHUTDOWN

    def confirm_migration(self, context: Any, migration: Any, instance: Any, network_info: Any) -> None:
        """Forget a server that is on another host now."""
        del migration
        with self._change("confirm_migration", instance, "server.confirmed"):
            super().destroy(context, instance, network_info)
            self._volumes.drop(instance.uuid)

    def destroy(
        self,
        context: Any,
        instance: Any,
        network_info: Any,
        block_device_info: Any = None,
        destroy_disks: bool = True,
        destroy_secrets: bool = True,
    ) -> None:
        """End a server: for good, to build it again, or because it goes back to where it came from."""
        with self._change("destroy", instance, DESTROYED.get(instance.task_state, "server.deleted")):
            super().destroy(context, instance, network_info, block_device_info, destroy_disks, destroy_secrets)
            self._volumes.drop(instance.uuid)

    # Its volumes

    def attach_volume(
        self,
        context: Any,
        connection_info: Any,
        instance: Any,
        mountpoint: str,
        disk_bus: Any = None,
        device_type: Any = None,
        encryption: Any = None,
    ) -> None:
        """Give a server a volume, with the size it has by now."""
        with self._change("attach_volume", instance, "volume.attached"):
            super().attach_volume(context, connection_info, instance, mountpoint, disk_bus, device_type, encryption)
            volume_id = connection_info["serial"]
            self._volumes.put(instance.uuid, volume_id, cinder.API().get(context, volume_id)["size"])

    def detach_volume(
        self, context: Any, connection_info: Any, instance: Any, mountpoint: str, encryption: Any = None
    ) -> None:
        """Take a volume from a server."""
        with self._change("detach_volume", instance, "volume.detached"):
            super().detach_volume(context, connection_info, instance, mountpoint, encryption)
            self._volumes.take(instance.uuid, connection_info["serial"])

    def extend_volume(self, context: Any, connection_info: Any, instance: Any, requested_size: int) -> None:
        """Let a server see that a volume has grown, to so many bytes."""
        with self._change("extend_volume", instance, "volume.extended"):
            super().extend_volume(context, connection_info, instance, requested_size)
            self._volumes.put(instance.uuid, connection_info["serial"], requested_size // GIGABYTE)

    @contextmanager
    def _change(self, method: str, instance: Any, kind: str, block_device_info: Any = None) -> Iterator[None]:
        """Do what changes a server, unless it is to fail; remember it, and tell it."""
        try:
            faults.meet(method, instance.display_name)
        except faults.OrderedFaultError as error:
            # Of what is no exception of its own Nova tells the name of the class alone.
            raise exception.InternalError(str(error)) from error
        yield
        if block_device_info is not None:
            self._volumes.replace(instance.uuid, _data_volumes(block_device_info))
        self._file.write(
            {
                each.uuid: {"name": each.name, "state": each.state, "volumes": self._volumes.of(each.uuid)}
                for each in list(self.instances.values())
            }
        )
        journal.tell(self._event(instance, kind))

    def _event(self, instance: Any, kind: str) -> Mapping[str, Any]:
        return {
            "kind": kind,
            "server_id": instance.uuid,
            "name": instance.display_name,
            "flavor": instance.flavor.name,
            "flavor_id": instance.flavor.flavorid,
            "metadata": dict(instance.metadata),
            "volumes": self._volumes.of(instance.uuid),
            "host": CONF.host,
        }


def _powered(on: bool, kind: str) -> str:
    """Return what to tell of a server that arrives: it may have been off when it left."""
    return kind if on else "server.stopped"


def _data_volumes(block_device_info: Any) -> Mapping[str, int]:
    """Return the sizes in GiB of the volumes Nova hands a host with a server, by id, without the root disk."""
    mapping = nova_driver.block_device_info_get_mapping(block_device_info)
    return {each.volume_id: each.volume_size for each in mapping if each["boot_index"] != 0}

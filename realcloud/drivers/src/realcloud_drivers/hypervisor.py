"""Nova's driver: servers have a state, but nothing runs.

This is Nova's own fake driver, with three additions: servers survive a restart, faults can be injected, and each change
of a server that its guest would notice is written as an event once it is done. An operation that fails writes no event,
and leaves the server unchanged.
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

from realcloud_drivers import faults, server_events
from realcloud_drivers.servers import AttachedVolumes, ServersFile

CONF = nova.conf.CONF
GIGABYTE = 1024**3

DESTROYED = {task_states.REBUILDING: "server.rebuilding", task_states.RESIZE_REVERTING: "server.reverting"}
"""The event kind when Nova destroys a server during a task. During other tasks the server is deleted."""


class Driver(fake.FakeDriverWithoutFakeNodes):
    """A host without a hypervisor."""

    def init_host(self, host: str) -> None:
        """Load the servers that were saved before a restart."""
        super().init_host(host)
        self._volumes = AttachedVolumes()
        self._file = ServersFile(Path(CONF.state_path, "servers.json"))
        for server_id, saved in self._file.read():
            self.instances[server_id] = fake.FakeInstance(saved["name"], saved["state"], server_id)
            self._volumes.replace(server_id, saved["volumes"])

    # Power on

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
        """Start a new server, or a rebuilt one, which has the same id and another root disk."""
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
        """Start a server that arrived from another host."""
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
        """Start a server that returns after a reverted resize or migration."""
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
        """Reboot a server. A hard reboot also recreates one that was lost between two hosts."""
        del network_info, bad_volumes_callback, accel_info, share_info
        hard = reboot_type.lower() == "hard"
        # A soft reboot does not restart the hypervisor process, so the devices stay the same.
        with self._change("reboot", instance, "server.rebooted", block_device_info if hard else None):
            if instance.uuid in self.instances:
                self.instances[instance.uuid].state = power_state.RUNNING
            else:
                super().spawn(
                    context, instance, instance.image_meta, None, None, None, block_device_info=block_device_info
                )

    # Power off

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
        """Stop a server that moves to another host."""
        del context, dest, flavor, network_info, block_device_info, timeout, retry_interval
        with self._change("migrate_disk_and_power_off", instance, "server.resizing"):
            if instance.uuid in self.instances:
                self.instances[instance.uuid].state = power_state.SHUTDOWN

    def confirm_migration(self, context: Any, migration: Any, instance: Any, network_info: Any) -> None:
        """Delete a server that has moved to another host."""
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
        """Destroy a server, because it is deleted, rebuilt, or reverted to its old host."""
        with self._change("destroy", instance, DESTROYED.get(instance.task_state, "server.deleted")):
            super().destroy(context, instance, network_info, block_device_info, destroy_disks, destroy_secrets)
            self._volumes.drop(instance.uuid)

    # Volumes

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
        """Attach a volume, with its current size."""
        with self._change("attach_volume", instance, "volume.attached"):
            super().attach_volume(context, connection_info, instance, mountpoint, disk_bus, device_type, encryption)
            volume_id = connection_info["serial"]
            self._volumes.put(instance.uuid, volume_id, cinder.API().get(context, volume_id)["size"])

    def detach_volume(
        self, context: Any, connection_info: Any, instance: Any, mountpoint: str, encryption: Any = None
    ) -> None:
        """Detach a volume."""
        with self._change("detach_volume", instance, "volume.detached"):
            super().detach_volume(context, connection_info, instance, mountpoint, encryption)
            self._volumes.take(instance.uuid, connection_info["serial"])

    def extend_volume(self, context: Any, connection_info: Any, instance: Any, requested_size: int) -> None:
        """Set the new size of an attached volume, in bytes."""
        with self._change("extend_volume", instance, "volume.extended"):
            super().extend_volume(context, connection_info, instance, requested_size)
            self._volumes.put(instance.uuid, connection_info["serial"], requested_size // GIGABYTE)

    @contextmanager
    def _change(self, method: str, instance: Any, kind: str, block_device_info: Any = None) -> Iterator[None]:
        """Apply injected faults, run the body, save the servers, and write an event."""
        try:
            faults.apply(method, instance.display_name)
        except faults.InjectedFaultError as error:
            # For other exceptions than its own, Nova reports only the class name.
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
        server_events.emit(self._event(instance, kind))

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
    """Return the event kind for a server that arrives. It may have been off before it moved."""
    return kind if on else "server.stopped"


def _data_volumes(block_device_info: Any) -> Mapping[str, int]:
    """Return the sizes in GiB of a server's volumes by id, without the root disk."""
    mapping = nova_driver.block_device_info_get_mapping(block_device_info)
    return {each.volume_id: each.volume_size for each in mapping if each["boot_index"] != 0}

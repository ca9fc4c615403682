"""The benchmark: compares the resource managers of the lab on the same emulated cloud, one after another."""

"""The benchmark: the resource managers of the lab compared, one after the other, on the same emulated cloud."""

"""A host of its own for one benchmark: a network namespace with a node's address, and folders."""

import os
import shutil
import tempfile

from namespace import Namespace


class Host(Namespace):
    """A network namespace with one interface, and a folder; both go when the block ends.

    Nothing but the daemons' own talk over loopback is sent: the interface is there so that the
    node has its address and the service range a route.
    """

    def __init__(self, address):
        super().__init__(f"sluice-bench-{os.getpid()}")
        self.folder = tempfile.mkdtemp(prefix="sluice-bench-")
        self.address = address

    def __enter__(self):
        try:
            super().__enter__()
            self.configure(
                "link add eth0 type veth peer name wire",
                f"address add {self.address} dev eth0",
                "link set eth0 up",
                "link set wire up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        super().__exit__()
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        """A folder of the host, made if need be."""
        path = os.path.join(self.folder, name)
        os.makedirs(path, exist_ok=True)
        return path

    def move_wire(self, namespace):
        """Moves the other end of the interface into another namespace."""
        self.configure(f"link set wire netns {namespace}")

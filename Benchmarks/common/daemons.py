"""The daemons of Sluice in a namespace, with folders that are theirs alone."""

import os

API_ADDRESS = "127.0.0.1:6440"
API_URL = f"http://{API_ADDRESS}"
# A hundred thousand Services take minutes.
START_SECONDS = 600


def folders(place, role):
    """The folders of a role below a folder, so that nothing of the machine's own is touched."""
    return (
        "--state", os.path.join(place, role, "state"),
        "--runtime-dir", os.path.join(place, role, "run"))


def start_api(namespace, program, place, *flags):
    """`sluice api` over the manifests below a folder: the process, and the line that it serves."""
    api = namespace.start(
        program, "api", "--manifests", os.path.join(place, "manifests"), "--listen", API_ADDRESS,
        *folders(place, "api"), *flags)
    return api, api.wait_for("the API is served", START_SECONDS)

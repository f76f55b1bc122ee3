"""Several machines: PostgreSQL, a stand-in of Telegram, and a network between them."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from machines import Cluster
from networks import network


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """PostgreSQL's folder is outside pytest's own, which is closed to other users."""
    with TemporaryDirectory(prefix="gocua-cluster-") as folder, network() as joined:
        Path(folder).chmod(0o755)
        made = Cluster(Path(folder), tmp_path, joined)
        try:
            yield made
        finally:
            made.stop()

"""Which services share a signing name, and what their operations are, as botocore's own models say.

Knows nothing of HTTP requests. Nothing is listed by hand: a service that botocore learns is known here, too.
"""

import gzip
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.loaders import Loader, create_loader
from botocore.model import ServiceModel

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD_CHARS = 4000
_SIGNING_NAME = re.compile(r'"signingName"\s*:\s*"([^"]+)"')
_ENDPOINT_PREFIX = re.compile(r'"endpointPrefix"\s*:\s*"([^"]+)"')


@cache
def loader() -> Loader:
    """Return the one loader of this process: what it has parsed once, sessions and recognition share."""
    return create_loader()


@cache
def model_of(service: str) -> ServiceModel:
    """Botocore's model of one service. Raises UnknownServiceError: botocore has none of that name."""
    # Clients of S3 take the bucket out of the paths in their model, in place; these paths must keep it.
    source = create_loader() if service == "s3" else loader()
    return ServiceModel(source.load_service_model(service, "service-2"), service)


def services_signed_as(signing_name: str) -> tuple[str, ...]:
    """Names of the services that sign with this name; the one that is called so itself comes first."""
    return _services_by_signing_name().get(signing_name, ())


@cache
def _services_by_signing_name() -> "Mapping[str, tuple[str, ...]]":
    found: dict[str, list[str]] = defaultdict(list)
    for service in loader().list_available_services("service-2"):
        found[_signing_name(service)].append(service)
    return {name: tuple(sorted(services, key=lambda s: (s != name, s))) for name, services in found.items()}


def _signing_name(service: str) -> str:
    head = _head_of_model(service)
    match = _SIGNING_NAME.search(head) or _ENDPOINT_PREFIX.search(head)
    return match.group(1) if match else service


def _head_of_model(service: str) -> str:
    # Parsing all 400 models takes seconds; the metadata come first in each file, so the head is enough.
    version = loader().determine_latest_version(service, "service-2")
    path = Path(loader().BUILTIN_DATA_PATH) / service / version / "service-2.json"
    packed = path.with_suffix(".json.gz")
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8") as file:
            text = file.read(_HEAD_CHARS)
    else:
        with path.open(encoding="utf-8") as file:
            text = file.read(_HEAD_CHARS)
    return text.partition('"operations"')[0]

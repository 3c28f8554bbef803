"""What a URL or a host name stands for. AWS names some resources in them, others are hidden behind them."""

import re

from compliance.collect.classify.meaning import PLAIN, SECRET, Meaning, first_match, table, unlooked

# `host/path`: scheme, port and query are gone, the host is in lower case.
_HOSTS = table(
    (r"[a-z0-9-]+\.cluster-[a-z0-9-]+\.{region}\.rds\.{aws}{more}", unlooked("an RDS cluster")),
    (r"(?:[a-z0-9-]+\.){1,2}proxy-[a-z0-9-]+\.{region}\.rds\.{aws}{more}", unlooked("an RDS proxy")),
    (r"(?P<name>[a-z][a-z0-9-]*)\.[a-z0-9]+\.{region}\.rds\.{aws}{more}", "Database"),
    (r"{bucket}\.s3(?:-website|-accelerate|-fips)?(?:\.dualstack)?(?:[.-]{region})?\.{aws}{more}", "Bucket"),
    (r"s3(?:-fips)?(?:\.dualstack)?(?:[.-]{region})?\.{aws}/{bucket}{more}", "Bucket"),
    (r"sqs(?:-fips)?\.{region}\.{aws}/{account}/{name}", "Queue"),
    (r"(?:{region}\.)?queue\.{aws}/{account}/{name}", "Queue"),
    # An emulator's queue.
    (r"(?:[a-z0-9.-]*localhost[a-z0-9.-]*|127\.\d+\.\d+\.\d+)/{account}/{name}", "Queue"),
    (r"(?P<name>vpce-[0-9a-f]+)-[a-z0-9.-]+\.{region}\.vpce\.{aws}{more}", "Endpoint"),
    (r"[a-z0-9.-]+\.execute-api\..*", unlooked("an API")),
    (r"[a-z0-9]+\.lambda-url\..*", unlooked("a function's URL")),
    (r"[a-z0-9.-]+\.elb\.(?:{region}\.)?{aws}{more}", unlooked("a load balancer")),
    (r"[a-z0-9.-]+\.{region}\.elb\.{aws}{more}", unlooked("a load balancer")),
    (r"[a-z0-9]+\.cloudfront\.net{more}", unlooked("a CloudFront distribution")),
    (r"\d+\.dkr\.ecr\..*", unlooked("a container repository")),
    (r"(?:[a-z0-9-]+\.)*{aws}{more}", unlooked("this AWS endpoint")),
)

_URL = re.compile(
    r"(?P<scheme>(?:jdbc:)?[a-z][a-z0-9+.-]*://)?(?:[^@/\s:]*(?P<password>:[^@/\s]*)?@)?"
    # A VPC endpoint's entry has its hosted zone in front.
    r"(?:Z[A-Z0-9]+:)?(?P<host>[A-Za-z0-9.-]+)(?::\d+)?(?P<path>/[^?#\s]*)?(?:[?#].*)?"
)


def host_meaning(text: str) -> Meaning | None:
    """What a URL or an AWS host name stands for; None when the text is neither."""
    match = _URL.fullmatch(text)
    if match is None or not (match["scheme"] or "." in text):
        return None
    if match["password"]:
        return SECRET
    found = first_match(_HOSTS, match["host"].lower() + (match["path"] or "").rstrip("/"))
    return found or (PLAIN if match["scheme"] else None)

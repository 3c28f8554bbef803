"""What the account must look like: settings and waivers from a YAML file under a JSON Schema."""

from compliance.policy.load import load_policy, standard_sensitive_actions
from compliance.policy.policy import Policy
from compliance.policy.selector import Selector
from compliance.policy.waiver import Waiver

__all__ = ["Policy", "Selector", "Waiver", "load_policy", "standard_sensitive_actions"]

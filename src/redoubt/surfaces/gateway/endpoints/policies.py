"""The policy in force."""

from redoubt.surfaces.gateway import bodies
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach


async def list_policies(asked: Asked) -> bodies.PolicyList:
    """Return the policy in force."""
    policy = asked.gateway.desk.inspector.policy
    rules = [rule.id for rule in policy.rules]
    return bodies.PolicyList([bodies.PolicyBody(policy.name, policy.digest, True, rules)])


ENDPOINTS = (
    Endpoint(
        "GET", "/redoubt/v1/policies", list_policies, "policy.read", None, bodies.PolicyList,
        "The policy in force.", reach=Reach.OWN,
    ),
)  # fmt: skip

"""The policy in force."""

from redoubt.domain.errors import ServiceError
from redoubt.surfaces.gateway import bodies
from redoubt.surfaces.gateway.endpoint import Asked, Endpoint, Reach


async def list_policies(asked: Asked) -> bodies.PolicyList:
    """Return the policy in force."""
    policy = asked.gateway.desk.inspector.policy
    rules = [rule.id for rule in policy.rules]
    return bodies.PolicyList([bodies.PolicyBody(policy.name, policy.digest, True, rules)])


async def reload_policy(asked: Asked) -> bodies.ReloadReply:
    """Read the policy's file anew; it is in force for new exchanges when this answers."""
    reloader = asked.gateway.reloader
    if reloader is None:
        raise ServiceError("this gateway cannot reload its policy; restart it")
    done = await reloader.reload(asked.principal, asked.exchange)
    return bodies.ReloadReply(done.before, done.now, done.changed, done.tests)


ENDPOINTS = (
    Endpoint(
        "GET", "/redoubt/v1/policies", list_policies, "policy.read", None, bodies.PolicyList,
        "The policy in force.", reach=Reach.OWN,
    ),
    Endpoint(
        "POST", "/redoubt/v1/policies/reload", reload_policy, "policy.write", None, bodies.ReloadReply,
        "Read the policy's file anew, test it, and put it in force.", event="policy.reload",
    ),
)  # fmt: skip

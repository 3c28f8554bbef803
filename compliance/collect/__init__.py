"""The only place that knows AWS: what a deployment says it has, and what the account says there is."""

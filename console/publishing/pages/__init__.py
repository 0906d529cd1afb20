"""The pages that see the whole house: home, deploying, deployments, nodes, users, the palette."""

"""Learning what residents mean; a developer's tool that the service never imports."""

"""What leaves PaySwitch for people and shops. Implements protocols that the services declare."""

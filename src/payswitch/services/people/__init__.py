"""People who operate the switch: signing in, users, second factors, and the trail of what they did."""
